using System.Runtime.CompilerServices;
using Filip.Embeddings;
using Filip.Recall;
using Filip.Recall.Elastic;

namespace Filip.Indexer.Elastic;

/// <summary>Writes pictures into a generation on Elasticsearch through the bulk pump.</summary>
/// <remarks>
/// A first load goes into a generation without alias, with refresh off; <see cref="CompleteAsync"/> refreshes, turns it on
/// and sets the alias, so that a half-filled index never serves. A load that was killed finds its generation again.
/// </remarks>
public sealed class ElasticImageSink : IImageSink
{
    private const int PageOfIds = 5_000;

    private readonly ElasticConnection _connection;
    private readonly ElasticGenerations _generations;
    private readonly BulkPump _pump;
    private readonly ElasticServer _server;
    private readonly bool _promote;

    private ElasticImageSink(
        ElasticConnection connection, ElasticServer server, IndexStamp stamp, string generation, bool promote, BulkOptions bulk, TimeProvider time)
    {
        _connection = connection;
        _generations = new ElasticGenerations(connection);
        _server = server;
        _promote = promote;
        _pump = new BulkPump(connection, generation, bulk, server.MostBodyBytes, time);
        Stamp = stamp;
        Generation = generation;
    }

    /// <inheritdoc/>
    public IndexStamp Stamp { get; }

    /// <inheritdoc/>
    public string Generation { get; }

    private string Path => Uri.EscapeDataString(Generation);

    /// <summary>Opens the live generation, resumes one that was being built, or begins one.</summary>
    /// <param name="connection">The cluster; it stays the caller's.</param>
    /// <param name="stamp">What will be written.</param>
    /// <param name="options">Layout and pump.</param>
    /// <param name="time">The clock of the pauses; null for the system's.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="StampMismatchException">The live generation was built with another model, codec or layout.</exception>
    /// <exception cref="ElasticException">The server cannot be reached or refuses.</exception>
    public static async ValueTask<ElasticImageSink> OpenAsync(
        ElasticConnection connection, IndexStamp stamp, ElasticSinkOptions options, TimeProvider? time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(stamp);
        ArgumentNullException.ThrowIfNull(options);
        var server = await ElasticServer.AskAsync(connection, cancellationToken);
        var generations = new ElasticGenerations(connection);
        var live = await generations.CurrentAsync(cancellationToken);
        string generation;
        if (live is not null && !options.NewGeneration)
        {
            var (_, found) = await generations.StampAsync(live, cancellationToken);
            (found ?? throw NotOurs(connection, live)).EnsureUsableBy(stamp);
            generation = live;
        }
        else
        {
            if (live is null)
            {
                await RefuseForeignIndexAsync(connection, generations, cancellationToken);
            }

            generation = await UnfinishedAsync(generations, live, stamp, cancellationToken)
                ?? await generations.BeginAsync(stamp, options.Index, cancellationToken);
        }

        return new ElasticImageSink(
            connection, server, stamp, generation, promote: live is null, options.Bulk, time ?? TimeProvider.System);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<WriteOutcome>> WriteAsync(
        IReadOnlyList<ImageDocument> documents, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(documents);
        var items = documents.Select(document => BulkDocument.Index(document, _server.TakesBase64Vectors)).ToList();
        var fates = await _pump.SendAsync(items, cancellationToken);
        return [.. documents.Select((document, i) =>
            new WriteOutcome(document.Id, fates[i].Fate == ItemFate.Done ? null : fates[i].Reason ?? "refused"))];
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyDictionary<string, string>> GetContentHashesAsync(
        IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var page in ids.Chunk(PageOfIds))
        {
            // A realtime get sees what is not refreshed yet, which a search would not.
            var body = ElasticBody.Write(json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("ids");
                foreach (var id in page)
                {
                    json.WriteStringValue(id);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            });
            using var answer = await AskAsync(
                ElasticQuestion.Post($"{Path}/_mget?_source_includes={ElasticFields.ContentHash}&filter_path=docs._id,docs._source,docs.error", body),
                cancellationToken);
            using var json = answer.Json();
            foreach (var document in json.RootElement.GetProperty("docs").EnumerateArray())
            {
                if (document.TryGetProperty("error", out var error))
                {
                    throw new SinkUnavailableException($"Elasticsearch at {_connection.Address} cannot read '{Generation}': {error.GetRawText()}");
                }

                if (document.TryGetProperty("_source", out var source) && source.TryGetProperty(ElasticFields.ContentHash, out var hash))
                {
                    hashes[document.GetProperty("_id").GetString()!] = hash.GetString()!;
                }
            }
        }

        return hashes;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> ListIdsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        string? last = null;
        while (true)
        {
            // Each page is a search of its own after the last id: a node that is lost costs a page, never an id.
            var after = last;
            var body = ElasticBody.Write(json =>
            {
                json.WriteStartObject();
                json.WriteNumber("size", PageOfIds);
                json.WriteBoolean("_source", false);
                json.WriteBoolean("track_total_hits", false);
                json.WriteStartArray("sort");
                json.WriteStringValue(ElasticFields.Id);
                json.WriteEndArray();
                if (after is not null)
                {
                    json.WriteStartArray("search_after");
                    json.WriteStringValue(after);
                    json.WriteEndArray();
                }

                json.WriteEndObject();
            });
            var page = new List<string>();
            using (var answer = await AskAsync(
                ElasticQuestion.Post(Path + "/_search?allow_partial_search_results=false&filter_path=hits.hits._id", body), cancellationToken))
            {
                using var json = answer.Json();
                if (json.RootElement.TryGetProperty("hits", out var hits))
                {
                    page.AddRange(hits.GetProperty("hits").EnumerateArray().Select(hit => hit.GetProperty("_id").GetString()!));
                }
            }

            foreach (var id in page)
            {
                yield return id;
            }

            if (page.Count < PageOfIds)
            {
                yield break;
            }

            last = page[^1];
        }
    }

    /// <inheritdoc/>
    public async ValueTask<long> DeleteAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var deleted = 0L;
        foreach (var page in ids.Distinct(StringComparer.Ordinal).Chunk(PageOfIds))
        {
            var fates = await _pump.SendAsync([.. page.Select(BulkDocument.Delete)], cancellationToken);
            deleted += fates.Count(fate => fate.Fate == ItemFate.Done);
        }

        return deleted;
    }

    /// <inheritdoc/>
    public async ValueTask<SinkSummary> CompleteAsync(CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        var settings = ElasticBody.Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("index.refresh_interval", ElasticGenerations.ServingRefreshInterval);
            json.WriteEndObject();
        });
        using (await AskAsync(new ElasticQuestion("PUT", Path + "/_settings", settings), cancellationToken))
        {
        }

        if (_promote)
        {
            await _generations.PromoteAsync(Generation, cancellationToken);
        }

        using var answer = await AskAsync(
            ElasticQuestion.Get(Path + "/_stats/docs,store?filter_path=_all.primaries.docs.count,_all.primaries.store.size_in_bytes"), cancellationToken);
        using var json = answer.Json();
        var primaries = json.RootElement.GetProperty("_all").GetProperty("primaries");
        var count = primaries.GetProperty("docs").GetProperty("count").GetInt64();
        var bytes = primaries.GetProperty("store").GetProperty("size_in_bytes").GetInt64();
        return new SinkSummary(count, count == 0 ? 0 : (double)bytes / count);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask RefreshAsync(CancellationToken cancellationToken)
    {
        using var answer = await AskAsync(new ElasticQuestion("POST", Path + "/_refresh"), cancellationToken);
    }

    private async ValueTask<ElasticAnswer> AskAsync(ElasticQuestion question, CancellationToken cancellationToken)
    {
        try
        {
            return await _connection.AskAsync(question, cancellationToken);
        }
        catch (ElasticException error)
        {
            throw new SinkUnavailableException(error.Message, error);
        }
    }

    private static async ValueTask RefuseForeignIndexAsync(
        ElasticConnection connection, ElasticGenerations generations, CancellationToken cancellationToken)
    {
        try
        {
            var (index, _) = await generations.StampAsync(connection.Address.Index, cancellationToken);
            throw NotOurs(connection, index);
        }
        catch (IndexNotFoundException)
        {
            // Nothing there: the name is free for an alias.
        }
    }

    // The newest generation past the live one that carries our stamp: the load of it was not completed.
    private static async ValueTask<string?> UnfinishedAsync(
        ElasticGenerations generations, string? live, IndexStamp stamp, CancellationToken cancellationToken)
    {
        foreach (var name in (await generations.ListAsync(cancellationToken)).Reverse())
        {
            if (live is not null && string.CompareOrdinal(name, live) <= 0)
            {
                return null;
            }

            if ((await generations.StampAsync(name, cancellationToken)).Stamp == stamp)
            {
                return name;
            }
        }

        return null;
    }

    private static IndexNotFoundException NotOurs(ElasticConnection connection, string index) =>
        new($"'{index}' at {connection.Address} is an index of its own, not one of ours: it would be overwritten. "
            + "Name another index to write to.");
}

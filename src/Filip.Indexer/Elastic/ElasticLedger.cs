using System.Runtime.CompilerServices;
using System.Text.Json;
using Filip.Embeddings;
using Filip.Recall;
using Filip.Recall.Elastic;

namespace Filip.Indexer.Elastic;

/// <summary>What a generation holds, read by the job that fills it: ids and content hashes, refreshed or not.</summary>
/// <param name="connection">The cluster.</param>
/// <param name="generation">The generation, or the user's index.</param>
/// <param name="layout">Where our fields stand in it; null for an own index.</param>
internal sealed class ElasticLedger(ElasticConnection connection, string generation, ElasticLayout? layout = null)
{
    private const int PageOfIds = 5_000;

    private readonly ElasticLayout _layout = layout ?? ElasticLayout.Own;
    private readonly string _path = Uri.EscapeDataString(generation);

    /// <summary>Content hashes of those of the given pictures that the generation holds whole.</summary>
    public async ValueTask<IReadOnlyDictionary<string, string>> GetContentHashesAsync(
        IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var page in ElasticIds.Possible(ids).Chunk(PageOfIds))
        {
            await ReadHashesAsync(page, hashes, cancellationToken);
            if (_layout.IsAttached && hashes.Count > 0)
            {
                await ForgetWithoutVectorAsync(page, hashes, cancellationToken);
            }
        }

        return hashes;
    }

    /// <summary>Those of the given ids whose documents hold anything of ours, whole or not.</summary>
    public async ValueTask<IReadOnlyList<string>> ListFilledAsync(string[] ids, CancellationToken cancellationToken)
    {
        var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
        await ReadHashesAsync(ids, hashes, cancellationToken);
        return [.. hashes.Keys];
    }

    /// <summary>All ids, each once, in the order of their UTF-8 bytes.</summary>
    public async IAsyncEnumerable<string> ListIdsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        string? last = null;
        while (true)
        {
            // Each page is a search of its own after the last id: a node that is lost costs a page, never an id.
            var page = await PageAsync(null, last, withoutVector: false, cancellationToken);
            foreach (var (id, _) in page)
            {
                yield return id;
            }

            if (page.Count < PageOfIds)
            {
                yield break;
            }

            last = page[^1].Sort;
        }
    }

    // A realtime get sees what is not refreshed yet, which a search would not.
    private async ValueTask ReadHashesAsync(string[] ids, Dictionary<string, string> hashes, CancellationToken cancellationToken)
    {
        var body = ElasticBody.Write(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("ids");
            foreach (var id in ids)
            {
                json.WriteStringValue(id);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
        using var answer = await AskAsync(
            ElasticQuestion.Post($"{_path}/_mget?_source_includes={_layout.ContentHash}&filter_path=docs._id,docs._source,docs.error", body),
            cancellationToken);
        using var json = answer.Json();
        foreach (var document in json.RootElement.GetProperty("docs").EnumerateArray())
        {
            if (document.TryGetProperty("error", out var error))
            {
                throw new SinkUnavailableException($"Elasticsearch at {connection.Address} cannot read '{generation}': {error.GetRawText()}");
            }

            if (document.TryGetProperty("_source", out var source) && _layout.HashIn(source) is { } hash)
            {
                hashes[document.GetProperty("_id").GetString()!] = hash;
            }
        }
    }

    // Who reads a document and puts its _source back drops the vectors, which stand not in it, and keeps the hash: such a
    // one must be filled again. A search does not see what was written a moment ago; then it is filled twice, which changes nothing.
    private async ValueTask ForgetWithoutVectorAsync(string[] ids, Dictionary<string, string> hashes, CancellationToken cancellationToken)
    {
        foreach (var (id, _) in await PageAsync(ids, null, withoutVector: true, cancellationToken))
        {
            hashes.Remove(id);
        }
    }

    private async ValueTask<List<(string Id, string Sort)>> PageAsync(
        string[]? ids, string? after, bool withoutVector, CancellationToken cancellationToken)
    {
        var body = ElasticBody.Write(json => WritePage(json, ids, after, withoutVector));
        using var answer = await AskAsync(
            ElasticQuestion.Post(_path + "/_search?allow_partial_search_results=false&filter_path=hits.hits._id,hits.hits.sort", body), cancellationToken);
        using var json = answer.Json();
        return json.RootElement.TryGetProperty("hits", out var hits)
            ? [.. hits.GetProperty("hits").EnumerateArray()
                .Select(hit => (hit.GetProperty("_id").GetString()!, hit.GetProperty("sort")[0].GetString()!))]
            : [];
    }

    private void WritePage(Utf8JsonWriter json, string[]? ids, string? after, bool withoutVector)
    {
        json.WriteStartObject();
        json.WriteNumber("size", PageOfIds);
        json.WriteBoolean("_source", false);
        json.WriteBoolean("track_total_hits", false);
        if (_layout.IsAttached)
        {
            json.WriteStartObject("query");
            json.WriteStartObject("bool");
            json.WriteStartArray("filter");
            WriteExists(json, _layout.Id);
            if (ids is not null)
            {
                json.WriteStartObject();
                json.WriteStartObject("ids");
                json.WriteStartArray("values");
                foreach (var id in ids)
                {
                    json.WriteStringValue(id);
                }

                json.WriteEndArray();
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (withoutVector)
            {
                json.WriteStartArray("must_not");
                WriteExists(json, _layout.Pooled);
                json.WriteEndArray();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteStartArray("sort");
        json.WriteStringValue(_layout.Id);
        json.WriteEndArray();
        if (after is not null)
        {
            json.WriteStartArray("search_after");
            json.WriteStringValue(after);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteExists(Utf8JsonWriter json, string field)
    {
        json.WriteStartObject();
        json.WriteStartObject("exists");
        json.WriteString("field", field);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Makes everything written findable.</summary>
    /// <exception cref="SinkUnavailableException">A shard did not do it.</exception>
    public async ValueTask RefreshAsync(CancellationToken cancellationToken)
    {
        using var answer = await AskAsync(new ElasticQuestion("POST", _path + "/_refresh"), cancellationToken);
        using var json = answer.Json();
        var failed = json.RootElement.GetProperty("_shards").GetProperty("failed").GetInt32();
        if (failed > 0)
        {
            throw new SinkUnavailableException(
                $"{failed} shards of '{generation}' at {connection.Address} could not make what was written findable. "
                + "It is kept; run the same command again when the cluster is well.");
        }
    }

    /// <summary>What the index is stamped with now; null where it is gone or not ours.</summary>
    public async ValueTask<IndexStamp?> StampAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await OrUnavailable(() => new ElasticGenerations(connection).StampAsync(generation, cancellationToken))).Stamp;
        }
        catch (IndexNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Asks; a failure is the sink's.</summary>
    public ValueTask<ElasticAnswer> AskAsync(ElasticQuestion question, CancellationToken cancellationToken) =>
        OrUnavailable(() => connection.AskAsync(question, cancellationToken));

    /// <summary>A failure of Elasticsearch as a failure of the sink.</summary>
    public static async ValueTask<T> OrUnavailable<T>(Func<ValueTask<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception error) when (error is ElasticException or InvalidDataException)
        {
            throw new SinkUnavailableException(error.Message, error);
        }
    }
}

using System.Runtime.CompilerServices;
using Filip.Recall.Elastic;

namespace Filip.Indexer.Elastic;

/// <summary>What a generation holds, read by the job that fills it: ids and content hashes, refreshed or not.</summary>
internal sealed class ElasticLedger(ElasticConnection connection, string generation)
{
    private const int PageOfIds = 5_000;

    private readonly string _path = Uri.EscapeDataString(generation);

    /// <summary>Content hashes of those of the given pictures that the generation holds.</summary>
    public async ValueTask<IReadOnlyDictionary<string, string>> GetContentHashesAsync(
        IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var page in ElasticIds.Possible(ids).Chunk(PageOfIds))
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
                ElasticQuestion.Post($"{_path}/_mget?_source_includes={ElasticFields.ContentHash}&filter_path=docs._id,docs._source,docs.error", body),
                cancellationToken);
            using var json = answer.Json();
            foreach (var document in json.RootElement.GetProperty("docs").EnumerateArray())
            {
                if (document.TryGetProperty("error", out var error))
                {
                    throw new SinkUnavailableException($"Elasticsearch at {connection.Address} cannot read '{generation}': {error.GetRawText()}");
                }

                if (document.TryGetProperty("_source", out var source) && source.TryGetProperty(ElasticFields.ContentHash, out var hash))
                {
                    hashes[document.GetProperty("_id").GetString()!] = hash.GetString()!;
                }
            }
        }

        return hashes;
    }

    /// <summary>All ids, each once, in the order of their UTF-8 bytes.</summary>
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
                ElasticQuestion.Post(_path + "/_search?allow_partial_search_results=false&filter_path=hits.hits._id", body), cancellationToken))
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

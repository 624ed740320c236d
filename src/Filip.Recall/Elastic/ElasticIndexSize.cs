using System.Text.Json;

namespace Filip.Recall.Elastic;

/// <summary>How many pictures an index holds and what they take on disk.</summary>
/// <param name="Pictures">Documents that can be found.</param>
/// <param name="Bytes">Bytes of its primary shards' segments.</param>
public sealed record ElasticIndexSize(long Pictures, long Bytes)
{
    /// <summary>Asks for an index or alias, refreshed.</summary>
    /// <param name="connection">The cluster.</param>
    /// <param name="index">Index or alias.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="ElasticException">A shard does not answer: half a count is no count.</exception>
    public static ValueTask<ElasticIndexSize> AskAsync(ElasticConnection connection, string index, CancellationToken cancellationToken) =>
        AskAsync(connection, index, ElasticLayout.Own, cancellationToken);

    /// <summary>Asks for an index or alias, refreshed; of an attached one the filled documents are counted, and all of its bytes.</summary>
    /// <param name="connection">The cluster.</param>
    /// <param name="index">Index or alias.</param>
    /// <param name="layout">Its layout.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="ElasticException">A shard does not answer: half a count is no count.</exception>
    public static async ValueTask<ElasticIndexSize> AskAsync(
        ElasticConnection connection, string index, ElasticLayout layout, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(layout);
        var path = Uri.EscapeDataString(index);
        long pictures;
        using (var answer = await connection.AskAsync(CountQuestion(index, layout), cancellationToken))
        {
            using var json = answer.Json();
            var failed = json.RootElement.GetProperty("_shards").GetProperty("failed").GetInt32();
            pictures = failed == 0
                ? json.RootElement.GetProperty("count").GetInt64()
                : throw new ElasticException(
                    ElasticFailure.Busy,
                    $"{failed} shards of '{index}' at {connection.Address} did not answer; its pictures cannot be counted until they do.");
        }

        // Not by _stats: its size of the store is up to ten seconds old.
        using var segments = await connection.AskAsync(
            ElasticQuestion.Get(path + "/_segments?filter_path=indices.*.shards.*.routing.primary,indices.*.shards.*.segments.*.size_in_bytes"),
            cancellationToken);
        using var sizes = segments.Json();
        return new ElasticIndexSize(pictures, Sum(sizes.RootElement));
    }

    /// <summary>Asks how many documents are pictures: all of an own index, the filled ones of an attached.</summary>
    internal static ElasticQuestion CountQuestion(string index, ElasticLayout layout)
    {
        var path = Uri.EscapeDataString(index) + "/_count";
        return layout.IsAttached
            ? ElasticQuestion.Post(path, ElasticBody.Write(json =>
            {
                json.WriteStartObject();
                json.WriteStartObject("query");
                AttachedFilters.WriteExists(json, layout.Pooled);
                json.WriteEndObject();
                json.WriteEndObject();
            }))
            : ElasticQuestion.Get(path);
    }

    private static long Sum(JsonElement root) => !root.TryGetProperty("indices", out var indices)
        ? 0
        : indices.EnumerateObject()
            .SelectMany(index => index.Value.GetProperty("shards").EnumerateObject())
            .SelectMany(shard => shard.Value.EnumerateArray())
            .Where(copy => copy.GetProperty("routing").GetProperty("primary").GetBoolean())
            .Where(copy => copy.TryGetProperty("segments", out _))
            .SelectMany(copy => copy.GetProperty("segments").EnumerateObject())
            .Sum(segment => segment.Value.GetProperty("size_in_bytes").GetInt64());
}

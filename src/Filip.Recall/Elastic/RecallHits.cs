using System.Text;
using System.Text.Json;

namespace Filip.Recall.Elastic;

/// <summary>Reads the hits of stage one's searches, and orders them as every engine does.</summary>
internal static class RecallHits
{
    /// <summary>Ids, by the column that holds them, and scores.</summary>
    /// <param name="answer">A search's answer in JSON.</param>
    /// <param name="idField">The keyword field with the id.</param>
    /// <remarks>Scores are float32 on the server; read as such, JSON and CBOR give one number.</remarks>
    public static IEnumerable<(string Id, double Score)> Of(JsonElement answer, string idField) =>
        answer.GetProperty("hits").GetProperty("hits").EnumerateArray()
            .Select(hit => (hit.GetProperty("fields").GetProperty(idField)[0].GetString()!, (double)hit.GetProperty("_score").GetSingle()));

    /// <summary>The answers of a multi-search, none of which failed.</summary>
    /// <param name="answer">Its answer in JSON.</param>
    /// <param name="address">Whom an error names.</param>
    /// <exception cref="ElasticException">One of them failed.</exception>
    public static List<JsonElement> Legs(JsonElement answer, ElasticAddress address)
    {
        var legs = answer.GetProperty("responses").EnumerateArray().ToList();
        return legs.FirstOrDefault(leg => leg.TryGetProperty("error", out _)) is { ValueKind: JsonValueKind.Object } failed
            ? throw ElasticErrors.From(address, failed.GetProperty("status").GetInt32(), Encoding.UTF8.GetBytes(failed.GetRawText()))
            : legs;
    }

    /// <summary>The best of them, with ranks.</summary>
    /// <remarks>The server breaks ties by its own document number, which a merge or a replica changes; ours is the id.</remarks>
    public static List<Candidate> Ranked(IEnumerable<(string Id, double Score)> hits, int count) =>
        [.. hits.OrderByDescending(hit => hit.Score).ThenBy(hit => hit.Id, StringComparer.Ordinal).Take(count)
            .Select((hit, index) => new Candidate(hit.Id, index + 1, hit.Score))];

    /// <summary>Why an answer is not whole, or null. Elasticsearch answers 200 with fewer hits when shards fail: that is said, never silent.</summary>
    public static string? Partial(JsonElement answer)
    {
        var shards = answer.GetProperty("_shards");
        return Partial(
            shards.GetProperty("failed").GetInt32(), shards.GetProperty("total").GetInt32(),
            answer.TryGetProperty("timed_out", out var late) && late.GetBoolean());
    }

    /// <summary>The same of an answer in CBOR.</summary>
    public static string? Partial(int failed, int shards, bool timedOut) =>
        failed > 0 ? $"{failed} of {shards} shards did not answer" : timedOut ? "the search timed out inside Elasticsearch" : null;
}

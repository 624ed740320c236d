using System.Diagnostics;
using System.Text;
using Filip.Recall.Elastic;
using Filip.Rerank.Elastic;

namespace Filip.Benchmarks.Elastic;

/// <summary>Patch records by id: by search or by <c>_mget</c>, as JSON (base64) or CBOR (raw bytes), whole bodies read.</summary>
internal static class PatchFetchComparison
{
    public static async Task<string> RunAsync(string url, BenchmarkDocuments documents, int rounds)
    {
        using var connection = new ElasticConnection(
            ElasticAddress.Parse(url), options: new ElasticOptions { RequestTimeout = TimeSpan.FromMinutes(1) });
        await using var store = new ElasticPatchStore(connection);
        var text = new StringBuilder();
        ElasticBenchmark.Line(text, "## Patches by id");
        ElasticBenchmark.Line(text, "");
        ElasticBenchmark.Line(text, $"Milliseconds for a request whose body is read to its end, median (best) of {rounds} rounds in turns, one caller; MB of the body.");
        ElasticBenchmark.Line(text, "");
        ElasticBenchmark.Line(text, "| ids | search, CBOR | search, JSON | mget, CBOR | mget, JSON | ElasticPatchStore (search, CBOR, read in place) |");
        ElasticBenchmark.Line(text, "|---|---|---|---|---|---|");
        foreach (var ids in (int[])[200, 1_000])
        {
            if (ids > documents.Count)
            {
                continue;
            }

            var times = Enumerable.Range(0, 5).Select(_ => new List<double>()).ToArray();
            var bytes = new long[5];
            var random = new Random(ids);
            for (var round = -2; round < rounds; round++)
            {
                // Other pictures each round: the server's own caches hold what was asked just now.
                var chosen = Enumerable.Range(0, ids).Select(_ => BenchmarkDocuments.Id(random.Next(documents.Count))).Distinct().ToArray();
                for (var i = 0; i < 5; i++)
                {
                    var arm = (i + round + 5) % 5;
                    var start = Stopwatch.GetTimestamp();
                    bytes[arm] = arm == 4 ? await FetchAsync(store, chosen) : await AskAsync(connection, url, chosen, mget: arm > 1, cbor: arm % 2 == 0);
                    if (round >= 0)
                    {
                        times[arm].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                    }
                }
            }

            ElasticBenchmark.Line(text, $"| {ids} | {string.Join(" | ", times.Select((list, arm) => FormattableString.Invariant($"{ElasticBenchmark.Median(list):0.0} ({list.Min():0.0}), {bytes[arm] / 1e6:0.0} MB")))} |");
        }

        ElasticBenchmark.Line(text, "");
        foreach (var generation in await new ElasticGenerations(connection).ListAsync(default))
        {
            using var gone = await connection.AskAsync(new ElasticQuestion("DELETE", generation), default);
        }

        return text.ToString();
    }

    private static async Task<long> AskAsync(ElasticConnection connection, string url, string[] ids, bool mget, bool cbor)
    {
        var index = new Uri(url).AbsolutePath.Trim('/');
        var body = ElasticBody.Write(json =>
        {
            json.WriteStartObject();
            if (!mget)
            {
                json.WriteNumber("size", ids.Length);
                json.WriteBoolean("_source", false);
                json.WriteBoolean("track_total_hits", false);
                json.WriteStartArray("stored_fields");
                json.WriteStringValue(ElasticFields.Patches);
                json.WriteEndArray();
                json.WriteStartObject("query");
                json.WriteStartObject("ids");
            }

            json.WriteStartArray(mget ? "ids" : "values");
            Array.ForEach(ids, json.WriteStringValue);
            json.WriteEndArray();
            if (!mget)
            {
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        });
        using var answer = await connection.AskAsync(
            ElasticQuestion.Post(mget ? $"{index}/_mget?_source=false&stored_fields={ElasticFields.Patches}" : $"{index}/_search", body) with { Cbor = cbor },
            default);
        return answer.Body.Length;
    }

    private static async Task<long> FetchAsync(ElasticPatchStore store, string[] ids)
    {
        using var batch = await store.FetchAsync(ids, default);
        var bytes = 0L;
        for (var i = 0; i < batch.Count; i++)
        {
            bytes += batch[i].Length > 0 ? batch[i].Length : throw new InvalidOperationException($"'{ids[i]}' is missing.");
        }

        return bytes;
    }
}

using System.Diagnostics;
using System.Text;
using Filip.Benchmarks.Elastic;
using Filip.Embeddings.Codecs;
using Filip.Embeddings.Models;
using Filip.Embeddings.Pooling;
using Filip.Indexer;
using Filip.Indexer.Elastic;
using Filip.Recall.Elastic;

namespace Filip.Benchmarks.Nested;

/// <summary>On a real Elasticsearch: what several vectors a picture bring stage one, and what they cost.</summary>
internal static class NestedBenchmark
{
    private static readonly int[] s_counts = [50, 100, 200, 500];
    private static readonly string[] s_kinds = ["single", "centroids:4", "centroids:8", "centroids:16"];

    /// <summary>Runs <c>[--url URL] [--every N] [--vector-index KIND] [--kinds A,B] [--model DIR] [--out FILE.md]</c>.</summary>
    public static async Task<int> RunAsync(string[] options)
    {
        if ((ElasticBenchmark.Option(options, "--url") ?? Environment.GetEnvironmentVariable("FILIP_TEST_ELASTICSEARCH")) is not { } url)
        {
            Console.Error.WriteLine("Name an Elasticsearch: --url URL, or FILIP_TEST_ELASTICSEARCH.");
            return 2;
        }

        var every = ElasticBenchmark.Number(options, "--every", 8);
        var vectorIndex = ElasticBenchmark.Option(options, "--vector-index") ?? "int8_hnsw";
        var kinds = ElasticBenchmark.Option(options, "--kinds")?.Split(',') ?? s_kinds;
        var model = ModelFolder.Load(ElasticBenchmark.Option(options, "--model") ?? "models");
        if (await EvaluationVectors.ReadAsync(model, every) is not { } set)
        {
            return 2;
        }

        var judge = NestedJudge.Of(set);
        var text = new StringBuilder();
        ElasticBenchmark.Line(text, "# Several vectors a picture on Elasticsearch: recall, bytes, latency");
        ElasticBenchmark.Line(text, "");
        ElasticBenchmark.Line(text, $"`dotnet run -c Release --project tests/Benchmarks -- nested --every {every} --vector-index {vectorIndex} --kinds {string.Join(',', kinds)}`");
        ElasticBenchmark.Line(text, "");
        ElasticBenchmark.Line(text, $"{Machine.Describe()}; Elasticsearch on the same processors, one node, one shard merged to one segment, load average {ElasticBenchmark.Load()}.");
        ElasticBenchmark.Line(text, $"{set.Documents.Count} pictures, {set.Queries.Count} queries of the evaluation set, one at a time. Recall: share of exhaustive late interaction's ten among the candidates. nDCG@10 (linear gain) after late interaction of the candidates; exhaustive: {judge.Ceiling:0.000}.");
        ElasticBenchmark.Line(text, "");
        List<NestedCost> costs = [];
        ElasticBenchmark.Line(text, $"| vectors | question | {string.Join(" | ", s_counts.Select(count => $"recall@{count}"))} | {string.Join(" | ", s_counts.Select(count => $"nDCG@10 of {count}"))} | {string.Join(" | ", s_counts.Select(count => $"ms of {count}, p50 / p99"))} |");
        ElasticBenchmark.Line(text, $"|---|---|{string.Concat(Enumerable.Repeat("---|", 3 * s_counts.Length))}");
        foreach (var kind in kinds)
        {
            costs.Add(await MeasureAsync(text, url, set, judge, model, PooledVectors.Parse(kind), vectorIndex));
            Console.Error.WriteLine($"{kind}, load average {ElasticBenchmark.Load()}");
        }

        ElasticBenchmark.Line(text, "");
        ElasticBenchmark.Line(text, "| vectors | index, bytes a picture | more than single | made of the patches, ms a picture | bulk and graph, s | merge, s |");
        ElasticBenchmark.Line(text, "|---|---|---|---|---|---|");
        foreach (var cost in costs)
        {
            ElasticBenchmark.Line(text, $"| {cost.Kind} | {cost.Bytes:0} | {cost.Bytes - costs[0].Bytes:0} | {cost.Pooling:0.00} | {cost.Fill:0.0} | {cost.Merge:0.0} |");
        }

        ElasticBenchmark.Line(text, "");
        ElasticBenchmark.Line(text, "A clause a token: two rounds, the second among what the first found (what the program does; a query of more than eight tokens has its nearest merged). Four merged: the tokens' sums in at most four clusters, the same way. Server's sum: one search with a list of kNN clauses, whose scores the server adds. Index: with int8 patch records.");
        ElasticBenchmark.Line(text, $"Load average {ElasticBenchmark.Load()} at the end. Times are of a shared machine: only ratios within one table mean something.");
        Console.Write(text);
        if (ElasticBenchmark.Option(options, "--out") is { } file)
        {
            await File.WriteAllTextAsync(file, text.ToString());
        }

        return 0;
    }

    private static async Task<NestedCost> MeasureAsync(
        StringBuilder text, string url, EvaluationVectors set, NestedJudge judge, ModelFolder model, PooledVectors kind, string vectorIndex)
    {
        var name = $"nested-benchmark-{Environment.ProcessId}-{kind.ToString().Replace(':', '-')}";
        using var connection = new ElasticConnection(ElasticAddress.Parse($"{url.TrimEnd('/')}/{name}"));
        var generation = "";
        try
        {
            var start = Stopwatch.GetTimestamp();
            var pooled = set.Patches.Select(patches => PatchPooling.Of(patches, model.Grid, kind)).ToList();
            var pooling = Stopwatch.GetElapsedTime(start).TotalMilliseconds / pooled.Count;
            var stamp = set.Stamp with { Codec = PatchCodec.Int8, PooledVectors = kind };
            List<ImageDocument> documents = [.. set.Documents.Select((document, place) => document with
            {
                Centroids = pooled[place],
                PatchRecord = PatchRecord.Encode(set.Patches[place], PatchCodec.Int8, model.Grid, stamp.Fingerprint),
            })];
            start = Stopwatch.GetTimestamp();
            var layout = new ElasticSinkOptions { Index = new ElasticIndexOptions { VectorIndex = vectorIndex } };
            await using (var sink = await ElasticImageSink.OpenAsync(connection, stamp, layout, null, default))
            {
                generation = sink.Generation;
                foreach (var part in documents.Chunk(250))
                {
                    var outcomes = await sink.WriteAsync(part, default);
                    if (outcomes.FirstOrDefault(outcome => !outcome.Written) is { Refusal: { } refusal })
                    {
                        throw new InvalidOperationException($"A picture was refused: {refusal}");
                    }
                }

                await sink.CompleteAsync(default);
            }

            var fill = Stopwatch.GetElapsedTime(start).TotalSeconds;
            start = Stopwatch.GetTimestamp();
            using (await connection.AskAsync(new ElasticQuestion("POST", generation + "/_forcemerge?max_num_segments=1"), default))
            {
            }

            using (await connection.AskAsync(new ElasticQuestion("POST", generation + "/_refresh"), default))
            {
            }

            var merge = Stopwatch.GetElapsedTime(start).TotalSeconds;
            var size = await ElasticIndexSize.AskAsync(connection, generation, default);
            await using var source = await ElasticCandidateSource.OpenAsync(connection, null, default);
            foreach (var arm in NestedArm.Of(kind, source, connection))
            {
                await RowAsync(text, set, judge, kind, arm);
            }

            return new NestedCost(kind, (double)size.Bytes / size.Pictures, pooling, fill, merge);
        }
        finally
        {
            using var gone = await connection.AskAsync(new ElasticQuestion("DELETE", generation) { MayBeMissing = true }, default);
        }
    }

    private static async Task RowAsync(StringBuilder text, EvaluationVectors set, NestedJudge judge, PooledVectors kind, NestedArm arm)
    {
        List<string> recalls = [], gains = [], times = [];
        foreach (var query in set.Queries.Take(20))
        {
            await arm.AskAsync(query, 200);
        }

        foreach (var count in s_counts)
        {
            List<double> recall = [], gain = [], time = [];
            for (var place = 0; place < set.Queries.Count; place++)
            {
                var start = Stopwatch.GetTimestamp();
                var ids = await arm.AskAsync(set.Queries[place], count);
                time.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                var (kept, ndcg) = judge.Judge(place, ids);
                recall.Add(kept);
                gain.Add(ndcg);
            }

            time.Sort();
            recalls.Add(FormattableString.Invariant($"{recall.Average():0.000}"));
            gains.Add(FormattableString.Invariant($"{gain.Average():0.000}"));
            times.Add(FormattableString.Invariant($"{time[time.Count / 2]:0.0} / {time[time.Count * 99 / 100]:0.0}"));
        }

        ElasticBenchmark.Line(text, $"| {kind} | {arm.Name} | {string.Join(" | ", recalls.Concat(gains).Concat(times))} |");
    }

    private sealed record NestedCost(PooledVectors Kind, double Bytes, double Pooling, double Fill, double Merge);
}

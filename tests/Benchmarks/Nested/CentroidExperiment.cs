using System.Numerics.Tensors;
using System.Text;
using Filip.Benchmarks.Elastic;
using Filip.Embeddings;
using Filip.Embeddings.Models;
using Filip.Embeddings.Pooling;

namespace Filip.Benchmarks.Nested;

/// <summary>Outside Elasticsearch, exactly: how many of exhaustive late interaction's ten each kind of pooled vectors keeps.</summary>
internal static class CentroidExperiment
{
    private static readonly int[] s_counts = [50, 100, 200, 500];

    /// <summary>Runs <c>[--every N] [--model DIR] [--out FILE.md]</c>.</summary>
    public static async Task<int> RunAsync(string[] options)
    {
        var every = ElasticBenchmark.Number(options, "--every", 4);
        var model = ModelFolder.Load(ElasticBenchmark.Option(options, "--model") ?? "models");
        if (await EvaluationVectors.ReadAsync(model, every) is not { } set)
        {
            return 2;
        }

        var truth = set.Queries.Select(query => MaxSims.Top(MaxSims.Sum(MaxSims.Of(query.Text.Tokens, set.Patches)), 10)).ToList();
        var text = new StringBuilder();
        ElasticBenchmark.Line(text, "# How many of exhaustive late interaction's ten are among the candidates, by scans without Elasticsearch");
        ElasticBenchmark.Line(text, "");
        ElasticBenchmark.Line(text, $"`dotnet run -c Release --project tests/Benchmarks -- centroids --every {every}`; {set.Documents.Count} pictures, {set.Queries.Count} queries of the evaluation set.");
        ElasticBenchmark.Line(text, "");
        ElasticBenchmark.Line(text, $"| vectors | clauses | {string.Join(" | ", s_counts)} |");
        ElasticBenchmark.Line(text, $"|---|---|{string.Concat(s_counts.Select(_ => "---|"))}");
        Row(text, set, truth, "pooled", "one", (query, _) => [.. set.Documents.Select(document =>
            (double)TensorPrimitives.Dot(query.Text.Pooled.Span, document.Pooled.Span))]);
        foreach (var kind in (string[])["grid:2", "grid:3", "grid:4", "centroids:4", "centroids:8", "centroids:16"])
        {
            var rows = set.Patches.Select(patches => PatchPooling.Of(patches, model.Grid, PooledVectors.Parse(kind))!).ToList();
            var best = set.Queries.ToDictionary(query => query.Id, query => MaxSims.Of(query.Text.Tokens, rows));
            Row(text, set, truth, kind, "a token, all pictures", (query, _) => MaxSims.Sum(best[query.Id]));
            foreach (var factor in (int[])[1, 2, 4])
            {
                Row(text, set, truth, kind, $"a token, {factor}k each, sum of what was found", (query, count) => Fused(best[query.Id], factor * count, floor: false));
                Row(text, set, truth, kind, $"a token, {factor}k each, the rest at the clause's last", (query, count) => Fused(best[query.Id], factor * count, floor: true));
            }

            foreach (var merged in (int[])[1, 2, 4])
            {
                var few = set.Queries.ToDictionary(query => query.Id, query => MaxSims.Of(
                    PatchPooling.Of(query.Text.Tokens, default, PooledVectors.Centroids(Math.Max(2, merged)))!, rows));
                Row(text, set, truth, kind, $"{merged} merged, 2k each, the rest at the clause's last", (query, count) => merged == 1
                    ? MaxSims.Sum(MaxSims.Of(Mean(query.Text.Tokens), rows))
                    : Fused(few[query.Id], 2 * count, floor: true));
            }
        }

        Console.Write(text);
        if (ElasticBenchmark.Option(options, "--out") is { } file)
        {
            await File.WriteAllTextAsync(file, text.ToString());
        }

        return 0;
    }

    private static void Row(
        StringBuilder text, EvaluationVectors set, List<int[]> truth, string vectors, string clauses, Func<EvaluationQuery, int, double[]> score)
    {
        var recalls = s_counts.Select(count => Enumerable.Range(0, truth.Count).Average(place =>
            MaxSims.Top(score(set.Queries[place], count), count).Intersect(truth[place]).Count() / 10.0));
        ElasticBenchmark.Line(text, $"| {vectors} | {clauses} | {string.Join(" | ", recalls.Select(recall => FormattableString.Invariant($"{recall:0.000}")))} |");
        Console.Error.WriteLine($"{vectors}: {clauses}");
    }

    // As Elasticsearch's clauses give it: of each clause the best k, the scores (1 + dot) / 2 of a picture added up.
    private static double[] Fused(float[][] best, int each, bool floor)
    {
        var sums = new double[best[0].Length];
        foreach (var row in best)
        {
            var top = MaxSims.Top([.. row.Select(value => (double)value)], each);
            var last = floor ? (1 + row[top[^1]]) / 2 : 0;
            foreach (var picture in top)
            {
                sums[picture] += ((1 + row[picture]) / 2) - last;
            }
        }

        return sums;
    }

    private static EmbeddingMatrix Mean(EmbeddingMatrix tokens)
    {
        var mean = new float[tokens.Dimension];
        for (var token = 0; token < tokens.RowCount; token++)
        {
            TensorPrimitives.Add(mean, tokens.Row(token), mean);
        }

        TensorPrimitives.Divide(mean, TensorPrimitives.Norm<float>(mean), mean);
        return new EmbeddingMatrix(mean, tokens.Dimension);
    }
}

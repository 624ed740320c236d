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
    private static readonly (int Factor, double Drop, string Name)[] s_fusions =
    [
        (2, double.PositiveInfinity, "the server's sum of what was found"),
        (2, 0, "what is missing at the clause's last"),
        (2, 0.5, "what is missing half a range below the last"),
        (2, 1, "what is missing a range below the last"),
        (4, 0.5, "what is missing half a range below the last"),
        (4, 1, "what is missing a range below the last"),
    ];

    /// <summary>Runs <c>[--every N] [--kinds A,B] [--model DIR] [--out FILE.md]</c>.</summary>
    public static async Task<int> RunAsync(string[] options)
    {
        var every = ElasticBenchmark.Number(options, "--every", 4);
        var kinds = ElasticBenchmark.Option(options, "--kinds") ?? "grid:4,centroids:4,centroids:8,centroids:16";
        var model = ModelFolder.Load(ElasticBenchmark.Option(options, "--model") ?? "models");
        if (await EvaluationVectors.ReadAsync(model, every) is not { } set)
        {
            return 2;
        }

        var truth = set.Queries.Select(query => MaxSims.Top(MaxSims.Sum(MaxSims.Of(query.Text.Tokens, set.Patches)), 10)).ToList();
        var text = new StringBuilder();
        ElasticBenchmark.Line(text, "# How many of exhaustive late interaction's ten are among the candidates, by scans without Elasticsearch");
        ElasticBenchmark.Line(text, "");
        ElasticBenchmark.Line(text, $"`dotnet run -c Release --project tests/Benchmarks -- centroids --every {every} --kinds {kinds}`; {set.Documents.Count} pictures, {set.Queries.Count} queries of the evaluation set.");
        ElasticBenchmark.Line(text, "");
        ElasticBenchmark.Line(text, $"| vectors | clauses | {string.Join(" | ", s_counts)} |");
        ElasticBenchmark.Line(text, $"|---|---|{string.Concat(s_counts.Select(_ => "---|"))}");
        Row(text, set, truth, "pooled", "one", (query, _) => [.. set.Documents.Select(document =>
            (double)TensorPrimitives.Dot(query.Text.Pooled.Span, document.Pooled.Span))]);
        foreach (var kind in kinds.Split(','))
        {
            var rows = set.Patches.Select(patches => PatchPooling.Of(patches, model.Grid, PooledVectors.Parse(kind))!).ToList();
            var best = set.Queries.ToDictionary(query => query.Id, query => MaxSims.Of(query.Text.Tokens, rows));
            Row(text, set, truth, kind, "a token, all pictures", (query, _) => MaxSims.Sum(best[query.Id]));
            foreach (var (factor, drop, name) in s_fusions)
            {
                Row(text, set, truth, kind, $"a token, {factor}k each, {name}", (query, count) => Fused(best[query.Id], factor * count, drop));
            }

            foreach (var factor in (int[])[1, 2])
            {
                Row(text, set, truth, kind, $"a token, {factor}k each, all that was found scored whole", (query, count) => Whole(best[query.Id], factor * count));
            }

            foreach (var merged in (int[])[1, 2, 4])
            {
                var few = set.Queries.ToDictionary(query => query.Id, query => MaxSims.Of(
                    PatchPooling.Of(query.Text.Tokens, default, PooledVectors.Centroids(Math.Max(2, merged)))!, rows));
                Row(text, set, truth, kind, $"{merged} merged, 2k each, all that was found scored whole", (query, count) => merged == 1
                    ? MaxSims.Sum(MaxSims.Of(Mean(query.Text.Tokens), rows))
                    : Whole(few[query.Id], 2 * count));
            }
        }

        ElasticBenchmark.Line(text, "");
        ElasticBenchmark.Line(text, "Merged: the tokens' centroids, each counting alike (1: the direction of their mean, over all pictures). The program weighs a merged clause by the tokens' sum.");
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

    // Of each clause the best k; a picture that a clause did not bring gets its last score less a part of its range.
    private static double[] Fused(float[][] best, int each, double drop)
    {
        var sums = new double[best[0].Length];
        foreach (var row in best)
        {
            var top = MaxSims.Top([.. row.Select(value => (double)value)], each);
            var missing = double.IsFinite(drop) ? row[top[^1]] - (drop * (row[top[0]] - row[top[^1]])) : -1;
            foreach (var picture in top)
            {
                sums[picture] += row[picture] - missing;
            }
        }

        return sums;
    }

    // A second round asks for every score of what any clause brought.
    private static double[] Whole(float[][] best, int each)
    {
        var found = best.SelectMany(row => MaxSims.Top([.. row.Select(value => (double)value)], each)).ToHashSet();
        return [.. MaxSims.Sum(best).Select((sum, picture) => found.Contains(picture) ? sum : double.NegativeInfinity)];
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

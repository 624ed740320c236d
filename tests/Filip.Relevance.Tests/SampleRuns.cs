using Filip.Relevance.Comparison;
using Filip.Relevance.Judgements;
using Filip.Relevance.Runs;
using Filip.Testing;

namespace Filip.Relevance.Tests;

/// <summary>Runs over the sample set, made from its judgements and noise: the less noise, the better the run.</summary>
internal static class SampleRuns
{
    public static Qrels Qrels { get; } = JudgementFile.Read(Path.Combine(GoldenFiles.Samples, "qrels.txt"));

    public static IReadOnlyList<EvaluationQuery> Queries { get; } =
        QueryFile.Read(Path.Combine(GoldenFiles.Samples, "queries.jsonl"));

    public static Run Noisy(string name, double noise, int seed, int length = 50)
    {
        var random = new Random(seed);
        string[] all = [.. Qrels.ByQuery.Values.SelectMany(grades => grades.Keys).Distinct().Order(StringComparer.Ordinal)];
        return Run.FromScores(name, Qrels.Queries.Select(query => KeyValuePair.Create(
            query,
            (IEnumerable<RankedDocument>)[.. all
                .Select(id => new RankedDocument(id, Qrels.ByQuery[query].GetValueOrDefault(id) + (noise * random.NextDouble())))
                .Order(DocumentOrder.TrecEval)
                .Take(length)])));
    }

    public static ComparisonRequest Request(double noiseA, double noiseB) => new(
        Qrels,
        new Variant("recall", Noisy("a", noiseA, 1), new VariantCost(3.1, 6.4, 128)),
        new Variant("rerank:codec=int8", Noisy("b", noiseB, 2), new VariantCost(5.9, 11.2, 4736)))
    {
        Queries = Queries,
        Candidates = Noisy("candidates", noiseA, 1, 50),
        Setting = new ExperimentSetting("demo:1f2e", "pictures-000003", new Dictionary<string, string> { ["filip"] = "1.0" }),
    };

    public static byte[]? Thumbnail(string id)
    {
        string file = Path.Combine(GoldenFiles.Samples, "pictures", id + ".jpg");
        return File.Exists(file) ? File.ReadAllBytes(file) : null;
    }
}

using System.Text.Json;
using System.Text.Json.Serialization;
using Filip.Relevance.Report;
using Filip.Relevance.Statistics;

namespace Filip.Relevance.Comparison;

/// <summary>The answer of <c>filip compare --output json</c>.</summary>
public static class ComparisonJson
{
    /// <summary>The comparison as JSON; the same bytes under every culture.</summary>
    /// <param name="result">A comparison.</param>
    /// <param name="gates">What the gates said; left out of the answer where there was none.</param>
    /// <param name="sweep">Settings that were tried; left out of the answer where there were none.</param>
    public static string Of(
        ComparisonResult result, IReadOnlyList<GateVerdict>? gates = null, IReadOnlyList<SweepPoint>? sweep = null)
    {
        ArgumentNullException.ThrowIfNull(result);
        var answer = Answer(result) with
        {
            Gates = gates is { Count: > 0 } ? gates : null,
            Sweep = sweep is { Count: > 0 } ? sweep : null,
        };
        return JsonSerializer.Serialize(answer, ComparisonJsonContext.Default.ComparisonAnswer);
    }

    internal static ComparisonAnswer Answer(ComparisonResult result) => new()
    {
        Queries = result.Queries.Count,
        A = Side(result.A),
        B = Side(result.B),
        Differences = result.Differences.ToDictionary(difference => difference.Metric.ToString(), Difference),
        RecallCeiling = result.Ceiling is { } ceiling ? new CeilingAnswer(ceiling.Window, ceiling.Ndcg10) : null,
        Overlap = new OverlapAnswer(result.Overlap.Rbo, result.Overlap.Jaccard10, result.Overlap.Tau),
        Slices = [.. result.Slices.Select(slice => new SliceAnswer(
            slice.Kind, slice.Name, slice.Statistics.Count, slice.Statistics.MeanA, slice.Statistics.MeanB,
            slice.Statistics.Delta, Ends(slice.Statistics.Ci95), slice.Statistics.Randomisation.P, slice.PHolm))],
        WithoutRelevant = result.WithoutRelevant,
        Unrated = result.Unrated,
        Notes = result.Notes,
        Experiment = ExperimentAnswer.Of(result.Experiment),
    };

    private static SideAnswer Side(VariantResult side) => new(
        side.Spec,
        side.Metrics.ToDictionary(pair => pair.Key.ToString(), pair => pair.Value),
        side.Unanswered.Count,
        side.Cost?.LatencyP50Ms,
        side.Cost?.LatencyP95Ms,
        side.Cost?.BytesPerPicture);

    private static DifferenceAnswer Difference(MetricDifference difference)
    {
        var s = difference.Statistics;
        return new DifferenceAnswer(
            s.Delta, Ends(s.Ci95), s.Randomisation.P, s.PT, s.Dz, s.Wins, s.Ties, s.Losses,
            s.Count, difference.PHolm, s.PSign, s.Randomisation.Exact, s.Randomisation.Patterns,
            difference.MinimumDetectable, difference.QueriesNeeded);
    }

    private static double[] Ends(Interval interval) => [interval.Low, interval.High];
}

internal sealed record ComparisonAnswer
{
    public required int Queries { get; init; }

    public required SideAnswer A { get; init; }

    public required SideAnswer B { get; init; }

    public required IReadOnlyDictionary<string, DifferenceAnswer> Differences { get; init; }

    public required CeilingAnswer? RecallCeiling { get; init; }

    public required ExperimentAnswer Experiment { get; init; }

    public required OverlapAnswer Overlap { get; init; }

    public required IReadOnlyList<SliceAnswer> Slices { get; init; }

    public required int WithoutRelevant { get; init; }

    public required IReadOnlyList<string> Unrated { get; init; }

    public required IReadOnlyList<string> Notes { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<GateVerdict>? Gates { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SweepPoint>? Sweep { get; init; }
}

internal sealed record SideAnswer(
    string Spec,
    IReadOnlyDictionary<string, double> Metrics,
    int Unanswered,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? LatencyP50Ms,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? LatencyP95Ms,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? BytesPerPicture);

internal sealed record DifferenceAnswer(
    double Delta,
    IReadOnlyList<double> Ci95,
    double PRandomization,
    [property: JsonPropertyName("p_t")] double? PT,
    double? EffectSize,
    int Wins,
    int Ties,
    int Losses,
    int N,
    double PHolm,
    double? PSign,
    bool Exact,
    long Permutations,
    double? MinimumDetectable,
    int? QueriesNeeded);

internal sealed record CeilingAnswer(int K, [property: JsonPropertyName("ndcg@10")] double Ndcg10);

internal sealed record OverlapAnswer(double Rbo, [property: JsonPropertyName("jaccard@10")] double Jaccard10, double? Tau);

internal sealed record SliceAnswer(
    string Kind, string Name, int N, double A, double B, double Delta, IReadOnlyList<double> Ci95, double PRandomization, double PHolm);

internal sealed record ExperimentAnswer(
    string Hash,
    string A,
    string B,
    string RunA,
    string RunB,
    string Qrels,
    string Queries,
    string Metrics,
    double Level,
    ulong Seed,
    int Permutations,
    int Resamples,
    string? Fingerprint,
    string? Generation,
    IReadOnlyDictionary<string, string> Versions)
{
    public static ExperimentAnswer Of(Experiment one) => new(
        one.Hash, one.A, one.B, one.RunA, one.RunB, one.Qrels, one.Queries, one.Metrics, one.Level, one.Seed,
        one.Permutations, one.Resamples, one.Fingerprint, one.Generation, one.Versions);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ComparisonAnswer))]
internal sealed partial class ComparisonJsonContext : JsonSerializerContext;

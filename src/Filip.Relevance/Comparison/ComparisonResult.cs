using Filip.Relevance.Metrics;
using Filip.Relevance.Statistics;

namespace Filip.Relevance.Comparison;

/// <summary>One side as it was measured.</summary>
/// <param name="Spec">What it is, as the user named it.</param>
/// <param name="Metrics">Means over all judged queries, in the order asked for.</param>
/// <param name="Unanswered">Judged queries it does not answer; they count 0.</param>
/// <param name="Cost">What it costs, where that was measured.</param>
public sealed record VariantResult(
    string Spec, IReadOnlyList<KeyValuePair<MetricName, double>> Metrics, IReadOnlyList<string> Unanswered, VariantCost? Cost)
{
    /// <summary>The mean of a metric.</summary>
    /// <param name="metric">A metric that was measured.</param>
    public double Mean(MetricName metric) => Metrics.First(pair => pair.Key == metric).Value;
}

/// <summary>How far the sides differ in a metric.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Statistics">B against A.</param>
/// <param name="PHolm">The randomisation test's p after Holm's correction over all metrics of the comparison.</param>
/// <param name="MinimumDetectable">Smallest mean difference that so many queries of this spread find four times in five; null without spread.</param>
/// <param name="QueriesNeeded">Queries to find the observed difference four times in five; null where it has no size.</param>
public sealed record MetricDifference(
    MetricName Metric, PairedComparison Statistics, double PHolm, double? MinimumDetectable, int? QueriesNeeded);

/// <summary>One query, both sides.</summary>
/// <param name="Query">Its id.</param>
/// <param name="Text">Its text, where it is known.</param>
/// <param name="Family">Its family, where it is known.</param>
/// <param name="A">A's values, one for each metric of the comparison.</param>
/// <param name="B">B's values.</param>
/// <param name="TopA">A's first documents.</param>
/// <param name="TopB">B's first documents.</param>
/// <param name="Ceiling">nDCG@10 of the best order of the candidates, where these are known.</param>
public sealed record QueryComparison(
    string Query,
    string? Text,
    string? Family,
    IReadOnlyList<double> A,
    IReadOnlyList<double> B,
    IReadOnlyList<string> TopA,
    IReadOnlyList<string> TopB,
    double? Ceiling)
{
    /// <summary>Difference in the leading metric.</summary>
    public double Delta => B[0] - A[0];
}

/// <summary>A part of the queries, in the leading metric.</summary>
/// <param name="Kind">What it is cut by: family, tag, words.</param>
/// <param name="Name">Which part.</param>
/// <param name="Statistics">B against A on it.</param>
/// <param name="PHolm">The randomisation test's p after Holm's correction over all slices of the kind.</param>
public sealed record Slice(string Kind, string Name, PairedComparison Statistics, double PHolm);

/// <summary>What stage two could reach at best.</summary>
/// <param name="Window">Most candidates any query had.</param>
/// <param name="Ndcg10">Mean nDCG@10 of the best order of each query's candidates.</param>
public sealed record RecallCeiling(int Window, double Ndcg10);

/// <summary>How alike the two sides' answers are, as means over the judged queries.</summary>
/// <param name="Rbo">Rank-biased overlap, extrapolated, persistence 0.9.</param>
/// <param name="Jaccard10">Shared documents of the first ten.</param>
/// <param name="Tau">Kendall's tau of the documents both have; over the queries where that exists, null where none.</param>
public sealed record AnswerOverlap(double Rbo, double Jaccard10, double? Tau);

/// <summary>A comparison, whole.</summary>
public sealed record ComparisonResult
{
    /// <summary>The metrics, the leading one first.</summary>
    public required IReadOnlyList<MetricName> Metrics { get; init; }

    /// <summary>The side that is there.</summary>
    public required VariantResult A { get; init; }

    /// <summary>The side that might replace it.</summary>
    public required VariantResult B { get; init; }

    /// <summary>Differences, in the order of the metrics.</summary>
    public required IReadOnlyList<MetricDifference> Differences { get; init; }

    /// <summary>All judged queries.</summary>
    public required IReadOnlyList<QueryComparison> Queries { get; init; }

    /// <summary>Queries that gain most in the leading metric, best first; only such as gain.</summary>
    public required IReadOnlyList<QueryComparison> Gains { get; init; }

    /// <summary>Queries that lose most, worst first; only such as lose.</summary>
    public required IReadOnlyList<QueryComparison> Losses { get; init; }

    /// <summary>Parts of the queries.</summary>
    public required IReadOnlyList<Slice> Slices { get; init; }

    /// <summary>How alike the answers are.</summary>
    public required AnswerOverlap Overlap { get; init; }

    /// <summary>What stage two could reach; null where the candidates are not known.</summary>
    public required RecallCeiling? Ceiling { get; init; }

    /// <summary>Judged queries without a relevant document; they count 0 for both.</summary>
    public required int WithoutRelevant { get; init; }

    /// <summary>Queries that the judgement file names without a rating; they count nowhere.</summary>
    public required IReadOnlyList<string> Unrated { get; init; }

    /// <summary>What a reader must know beside the numbers, in sentences.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>The record that says exactly what was compared.</summary>
    public required Experiment Experiment { get; init; }

    /// <summary>The difference in a metric.</summary>
    /// <param name="metric">A metric of the comparison.</param>
    /// <exception cref="KeyNotFoundException">It was not measured.</exception>
    public MetricDifference Difference(MetricName metric) =>
        Differences.FirstOrDefault(difference => difference.Metric == metric)
        ?? throw new KeyNotFoundException($"{metric} was not measured; there are {string.Join(", ", Metrics)}.");
}

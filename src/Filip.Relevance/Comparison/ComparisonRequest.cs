using Filip.Relevance.Judgements;
using Filip.Relevance.Metrics;
using Filip.Relevance.Runs;
using Filip.Relevance.Statistics;

namespace Filip.Relevance.Comparison;

/// <summary>What a variant costs; what is not known is null.</summary>
/// <param name="LatencyP50Ms">Median latency of a query, milliseconds.</param>
/// <param name="LatencyP95Ms">95th percentile of it.</param>
/// <param name="BytesPerPicture">Bytes kept for a picture.</param>
public sealed record VariantCost(double? LatencyP50Ms = null, double? LatencyP95Ms = null, double? BytesPerPicture = null);

/// <summary>One side of a comparison.</summary>
/// <param name="Spec">What it is, as the user named it: <c>recall</c>, <c>rerank:codec=int4</c>, <c>run:FILE</c>.</param>
/// <param name="Run">What it answered.</param>
/// <param name="Cost">What it costs, where that was measured.</param>
public sealed record Variant(string Spec, Run Run, VariantCost? Cost = null);

/// <summary>Facts about where the runs came from; they are part of the experiment's identity.</summary>
/// <param name="Fingerprint">The model's fingerprint, null where runs came from files.</param>
/// <param name="Generation">The index generation, null where runs came from files.</param>
/// <param name="Versions">Versions of what took part, by name.</param>
public sealed record ExperimentSetting(
    string? Fingerprint = null, string? Generation = null, IReadOnlyDictionary<string, string>? Versions = null);

/// <summary>All that a comparison needs.</summary>
/// <param name="Qrels">The judgements.</param>
/// <param name="A">The side that is there.</param>
/// <param name="B">The side that might replace it.</param>
public sealed record ComparisonRequest(Qrels Qrels, Variant A, Variant B)
{
    /// <summary>What to measure; the first one leads the report, the slices and the lists of gains and losses.</summary>
    /// <value>The default is <see cref="MetricName.Usual"/>.</value>
    public IReadOnlyList<MetricName> Metrics { get; init; } = MetricName.Usual;

    /// <summary>The queries' texts and families, for slices and for reading; may be empty.</summary>
    public IReadOnlyList<EvaluationQuery> Queries { get; init; } = [];

    /// <summary>Stage one's candidates for B, for the recall ceiling; null where they are not known.</summary>
    public Run? Candidates { get; init; }

    /// <summary>Relevance level and highest grade.</summary>
    public EvaluationOptions Evaluation { get; init; } = new();

    /// <summary>Seed and numbers of draws.</summary>
    public StatisticsOptions Statistics { get; init; } = new();

    /// <summary>Where the runs came from.</summary>
    public ExperimentSetting Setting { get; init; } = new();

    /// <summary>Entries in each of the lists of gains and losses.</summary>
    /// <value>The default is 10.</value>
    public int ListLength { get; init; } = 10;
}

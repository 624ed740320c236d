using System.Globalization;

namespace Filip.Relevance.Metrics;

/// <summary>The metrics there are.</summary>
public enum MetricKind
{
    /// <summary>nDCG with the grade as gain; the ideal is over all judged documents.</summary>
    Ndcg,

    /// <summary>nDCG with the gain 2^grade − 1.</summary>
    NdcgExponential,

    /// <summary>nDCG on a page of rows and columns of pictures, see <see cref="GridAttention"/>.</summary>
    NdcgGrid,

    /// <summary>Average precision.</summary>
    AveragePrecision,

    /// <summary>One over the rank of the first relevant document.</summary>
    ReciprocalRank,

    /// <summary>Share of relevant documents among the first k; missing places count as not relevant.</summary>
    Precision,

    /// <summary>Share of the relevant documents that stand among the first k.</summary>
    Recall,

    /// <summary>1 where a relevant document stands among the first k.</summary>
    Success,

    /// <summary>Precision at as many documents as are relevant.</summary>
    RPrecision,

    /// <summary>Preference of relevant over judged non-relevant documents.</summary>
    Bpref,

    /// <summary>Expected reciprocal rank.</summary>
    ExpectedReciprocalRank,

    /// <summary>Rank-biased precision, binary.</summary>
    RankBiasedPrecision,

    /// <summary>Share of judged documents among the first k that there are.</summary>
    Judged,
}

/// <summary>A metric with its cut-off, as it is written in options, JSON and CSV.</summary>
/// <param name="Kind">Which metric.</param>
/// <param name="Cutoff">Number of documents looked at; null for all.</param>
/// <param name="Persistence">The persistence of rank-biased precision, between 0 and 1; else 0.</param>
/// <param name="Columns">Pictures in a row of a grid; else 0.</param>
public sealed record MetricName(MetricKind Kind, int? Cutoff = null, double Persistence = 0, int Columns = 0)
{
    /// <summary>The metrics a comparison reports when none are asked for.</summary>
    public static IReadOnlyList<MetricName> Usual { get; } =
        [.. new[] { "ndcg@10", "ndcg-exp@10", "map", "mrr", "p@10", "recall@10", "success@1", "judged@10" }.Select(Parse)];

    /// <summary>Reads a name as <c>ndcg@10</c>, <c>map</c>, <c>rbp@0.8</c> or <c>ndcg-grid@3x4</c>.</summary>
    /// <param name="text">The name; case does not matter.</param>
    /// <exception cref="FormatException">There is no such metric; the message says which there are.</exception>
    public static MetricName Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return MetricNameParser.Parse(text);
    }

    /// <summary>Reads names between commas.</summary>
    /// <param name="text">The names; one given twice is taken once.</param>
    /// <exception cref="FormatException">A name is wrong, or there is none.</exception>
    public static IReadOnlyList<MetricName> ParseList(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] names = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return names.Length > 0
            ? [.. names.Select(Parse).Distinct()]
            : throw new FormatException($"No metric in '{text}'. Give names between commas: ndcg@10,mrr.");
    }

    /// <summary>The name; it parses back to the same metric.</summary>
    public override string ToString() => Kind switch
    {
        MetricKind.RankBiasedPrecision => $"rbp@{Persistence.ToString(CultureInfo.InvariantCulture)}",
        MetricKind.NdcgGrid =>
            string.Create(CultureInfo.InvariantCulture, $"ndcg-grid@{Cutoff / Columns}x{Columns}"),
        _ when Cutoff is { } k => string.Create(CultureInfo.InvariantCulture, $"{MetricNameParser.Stem(Kind)}@{k}"),
        _ => MetricNameParser.Stem(Kind),
    };
}

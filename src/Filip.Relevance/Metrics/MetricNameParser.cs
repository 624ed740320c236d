using System.Globalization;

namespace Filip.Relevance.Metrics;

/// <summary>Reads metric names and teaches where one is wrong.</summary>
internal static class MetricNameParser
{
    private const int MostCutoff = 1_000_000;

    private const string Known =
        "ndcg@k, ndcg-exp@k, ndcg, ndcg-grid@RxC, map, mrr, p@k, recall@k, success@k, rprec, bpref, err@k, rbp@p, judged@k";

    private static readonly (string Stem, MetricKind Kind)[] s_stems =
    [
        ("ndcg", MetricKind.Ndcg),
        ("ndcg-exp", MetricKind.NdcgExponential),
        ("ndcg-grid", MetricKind.NdcgGrid),
        ("map", MetricKind.AveragePrecision),
        ("mrr", MetricKind.ReciprocalRank),
        ("p", MetricKind.Precision),
        ("recall", MetricKind.Recall),
        ("success", MetricKind.Success),
        ("rprec", MetricKind.RPrecision),
        ("bpref", MetricKind.Bpref),
        ("err", MetricKind.ExpectedReciprocalRank),
        ("rbp", MetricKind.RankBiasedPrecision),
        ("judged", MetricKind.Judged),
    ];

    public static string Stem(MetricKind kind) => Array.Find(s_stems, one => one.Kind == kind).Stem;

    public static MetricName Parse(string text)
    {
        string name = text.Trim().ToLowerInvariant();
        int at = name.IndexOf('@', StringComparison.Ordinal);
        string stem = at < 0 ? name : name[..at];
        string? argument = at < 0 ? null : name[(at + 1)..];
        int found = Array.FindIndex(s_stems, one => one.Stem == stem);
        if (found < 0)
        {
            throw new FormatException($"There is no metric '{text}'. There are: {Known}.");
        }

        return s_stems[found].Kind switch
        {
            MetricKind.RankBiasedPrecision => new MetricName(
                MetricKind.RankBiasedPrecision, Persistence: Persistence(text, argument)),
            MetricKind.NdcgGrid => Grid(text, argument),
            MetricKind.Ndcg or MetricKind.NdcgExponential when argument is null => new MetricName(s_stems[found].Kind),
            MetricKind.AveragePrecision or MetricKind.ReciprocalRank or MetricKind.RPrecision or MetricKind.Bpref =>
                argument is null
                    ? new MetricName(s_stems[found].Kind)
                    : throw new FormatException($"'{stem}' looks at the whole answer and takes no cut-off; found '{text}'."),
            var kind => new MetricName(kind, Cutoff(text, stem, argument)),
        };
    }

    private static int Cutoff(string text, string stem, string? argument) =>
        argument is not null && TryCount(argument, out int cutoff)
            ? cutoff
            : throw new FormatException(
                $"'{text}' needs a cut-off, a whole number from 1 to {MostCutoff.ToString(CultureInfo.InvariantCulture)}: {stem}@10.");

    private static double Persistence(string text, string? argument) =>
        double.TryParse(argument, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double p) && p is > 0 and < 1
            ? p
            : throw new FormatException($"'{text}' needs a persistence between 0 and 1: rbp@0.8.");

    private static MetricName Grid(string text, string? argument)
    {
        string[] sides = (argument ?? "").Split('x');
        return sides.Length == 2
            && TryCount(sides[0], out int rows)
            && TryCount(sides[1], out int columns)
            && (long)rows * columns <= MostCutoff
            ? new MetricName(MetricKind.NdcgGrid, rows * columns, Columns: columns)
            : throw new FormatException($"'{text}' needs the rows and columns of a result page: ndcg-grid@3x4.");
    }

    private static bool TryCount(string text, out int count) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count is >= 1 and <= MostCutoff;
}

using MathNet.Numerics.Distributions;

namespace Filip.Relevance.Statistics;

/// <summary>Wilcoxon's signed ranks: the sizes of the differences count by their order only.</summary>
public static class SignedRanks
{
    /// <summary>The test in its normal approximation: zeros left out, ties at mid-rank, tie correction, no continuity correction.</summary>
    /// <param name="differences">b − a, query by query.</param>
    /// <returns>The smaller of both rank sums and the two-sided p; null where every difference is 0.</returns>
    public static (double W, double P)? Test(ReadOnlySpan<double> differences)
    {
        double[] moved = [.. differences.ToArray().Where(d => d != 0).OrderBy(Math.Abs)];
        if (moved.Length == 0)
        {
            return null;
        }

        double plus = 0;
        double ties = 0;
        for (int start = 0, end; start < moved.Length; start = end)
        {
            // 0.3 - 0.2 and 0.2 - 0.1 are the same difference to whoever wrote the values down.
            double tied = Math.Abs(moved[start]) * (1 + 1e-10);
            for (end = start + 1; end < moved.Length && Math.Abs(moved[end]) <= tied; end++)
            {
            }

            double count = end - start;
            ties += (count * count * count) - count;
            double middle = (start + 1 + end) / 2.0;
            plus += middle * moved.AsSpan(start, end - start).ToArray().Count(d => d > 0);
        }

        double n = moved.Length;
        double w = Math.Min(plus, (n * (n + 1) / 2) - plus);
        double deviation = Math.Sqrt(((n * (n + 1) * ((2 * n) + 1)) - (ties / 2)) / 24);
        return (w, Math.Min(1, 2 * Normal.CDF(0, 1, (w - (n * (n + 1) / 4)) / deviation)));
    }
}

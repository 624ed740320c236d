using MathNet.Numerics;

namespace Filip.Relevance.Statistics;

/// <summary>Do counts keep to planned shares?</summary>
/// <param name="ChiSquare">The statistic.</param>
/// <param name="Freedom">Degrees of freedom, arms − 1.</param>
/// <param name="P">Its p-value.</param>
public readonly record struct GoodnessOfFit(double ChiSquare, int Freedom, double P)
{
    /// <summary>Pearson's chi-square of counts against shares.</summary>
    /// <param name="counts">Counts, one an arm; at least two arms and one thing counted.</param>
    /// <param name="shares">Planned shares, above 0, adding up to 1.</param>
    public static GoodnessOfFit Of(IReadOnlyList<long> counts, IReadOnlyList<double> shares)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentNullException.ThrowIfNull(shares);
        if (counts.Count != shares.Count || counts.Count < 2)
        {
            throw new ArgumentException($"{counts.Count} counts and {shares.Count} shares; expected as many, two at least.");
        }

        if (shares.Any(share => share <= 0) || Math.Abs(shares.Sum() - 1) > 1e-6)
        {
            throw new ArgumentException("Expected shares above 0 that add up to 1.", nameof(shares));
        }

        double all = counts.Sum();
        if (all <= 0 || counts.Any(count => count < 0))
        {
            throw new ArgumentException("Expected counts that are not negative, and one above 0.", nameof(counts));
        }

        double sum = counts.Zip(shares, (count, share) => (count - (all * share)) * (count - (all * share)) / (all * share)).Sum();
        int freedom = counts.Count - 1;
        return new GoodnessOfFit(sum, freedom, SpecialFunctions.GammaUpperRegularized(freedom / 2.0, sum / 2));
    }
}

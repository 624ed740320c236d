using MathNet.Numerics;

namespace Filip.Relevance.Statistics;

/// <summary>Wins against losses under a fair coin.</summary>
public static class SignTest
{
    /// <summary>Exact two-sided binomial test at one half; ties are left out by the caller.</summary>
    /// <param name="wins">Wins, not negative.</param>
    /// <param name="losses">Losses, not negative.</param>
    /// <returns>The p-value; null where there is neither a win nor a loss.</returns>
    public static double? TwoSided(int wins, int losses)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(wins);
        ArgumentOutOfRangeException.ThrowIfNegative(losses);
        int all = wins + losses;
        int fewer = Math.Min(wins, losses);
        if (all == 0)
        {
            return null;
        }

        // P(X <= fewer) of the binomial is an incomplete beta function: as exact for ten thousands as for ten.
        return Math.Min(1, 2 * SpecialFunctions.BetaRegularized(all - fewer, fewer + 1, 0.5));
    }
}

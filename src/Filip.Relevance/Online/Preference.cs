using Filip.Relevance.Statistics;

namespace Filip.Relevance.Online;

/// <summary>What interleaving showed.</summary>
/// <param name="WinsA">Sessions that preferred A.</param>
/// <param name="WinsB">Sessions that preferred B.</param>
/// <param name="Ties">Sessions that clicked and preferred neither.</param>
/// <param name="Value">(wins of B + ties / 2) / all − 1/2: from −1/2 (all A) to 1/2 (all B); null without a session.</param>
/// <param name="Ci95">Its 95 % bootstrap interval; null without a session.</param>
/// <param name="PSign">Two-sided sign test over the wins; null without a win.</param>
public sealed record Preference(int WinsA, int WinsB, int Ties, double? Value, Interval? Ci95, double? PSign)
{
    /// <summary>Computes the preference from counts.</summary>
    /// <param name="winsA">Sessions that preferred A.</param>
    /// <param name="winsB">Sessions that preferred B.</param>
    /// <param name="ties">Sessions that preferred neither.</param>
    /// <param name="options">Seed and resamples.</param>
    public static Preference Of(int winsA, int winsB, int ties, StatisticsOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(winsA);
        ArgumentOutOfRangeException.ThrowIfNegative(winsB);
        ArgumentOutOfRangeException.ThrowIfNegative(ties);
        options ??= new StatisticsOptions();
        options.Validate();
        int all = winsA + winsB + ties;
        if (all == 0)
        {
            return new Preference(0, 0, 0, null, null, null);
        }

        double[] votes =
        [
            .. Enumerable.Repeat(-0.5, winsA),
            .. Enumerable.Repeat(0.0, ties),
            .. Enumerable.Repeat(0.5, winsB),
        ];
        return new Preference(
            winsA,
            winsB,
            ties,
            ((winsB + (ties / 2.0)) / all) - 0.5,
            BootstrapInterval.OfMean(votes, options.Resamples, options.Seed),
            SignTest.TwoSided(winsB, winsA));
    }
}

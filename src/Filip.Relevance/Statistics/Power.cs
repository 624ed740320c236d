using MathNet.Numerics.Distributions;
using MathNet.Numerics.Integration;

namespace Filip.Relevance.Statistics;

/// <summary>What a paired t test at 5 %, two-sided, can see.</summary>
public static class Power
{
    private const double Alpha = 0.05;
    private const double Wanted = 0.8;
    private const int MostQueries = 100_000_000;

    /// <summary>The chance to find an effect of this size.</summary>
    /// <param name="dz">Mean difference over the standard deviation of the differences.</param>
    /// <param name="queries">Number of queries, at least 2.</param>
    public static double Of(double dz, int queries)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(queries, 2);
        double freedom = queries - 1;
        double shift = dz * Math.Sqrt(queries);
        double critical = StudentTail.Critical(Alpha, freedom);

        // t beyond the critical value, given the sample's own spread s: then over the distribution of s (chi over root n - 1).
        double centre = Math.Sqrt(freedom);
        return GaussLegendreRule.Integrate(
            chi => ChiDensity(chi, freedom)
                * (Normal.CDF(0, 1, shift - (critical * chi / centre)) + Normal.CDF(0, 1, -shift - (critical * chi / centre))),
            Math.Max(0, centre - 9),
            centre + 9,
            128);
    }

    /// <summary>The smallest number of queries at which an effect of this size is found four times in five.</summary>
    /// <param name="dz">Mean difference over the standard deviation of the differences.</param>
    /// <returns>The number; null where the effect is 0 or more than 100 million queries would be needed.</returns>
    public static int? QueriesNeeded(double dz)
    {
        if (!double.IsFinite(dz) || Of(dz, MostQueries) < Wanted)
        {
            return null;
        }

        int high = 2;
        while (Of(dz, high) < Wanted)
        {
            high = Math.Min(high * 2, MostQueries);
        }

        int low = Math.Max(1, high / 2);
        while (high - low > 1)
        {
            int middle = low + ((high - low) / 2);
            (low, high) = Of(dz, middle) >= Wanted ? (low, middle) : (middle, high);
        }

        return high;
    }

    /// <summary>The smallest effect (dz) that so many queries find four times in five.</summary>
    /// <param name="queries">Number of queries, at least 2.</param>
    public static double MinimumDetectable(int queries)
    {
        double low = 0;
        double high = 1;
        while (Of(high, queries) < Wanted)
        {
            high *= 2;
        }

        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = Of(middle, queries) >= Wanted ? (low, middle) : (middle, high);
        }

        return high;
    }

    private static double ChiDensity(double chi, double freedom) => chi <= 0
        ? 0
        : Math.Exp(((freedom - 1) * Math.Log(chi)) - (chi * chi / 2) - (((freedom / 2) - 1) * Math.Log(2))
            - MathNet.Numerics.SpecialFunctions.GammaLn(freedom / 2));
}

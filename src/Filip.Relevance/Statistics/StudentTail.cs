using MathNet.Numerics;
using MathNet.Numerics.Distributions;

namespace Filip.Relevance.Statistics;

/// <summary>Student's t: tails without the loss of digits that 1 − cdf would bring, and quantiles polished to full precision.</summary>
internal static class StudentTail
{
    /// <summary>Probability of a value at least as far from 0, both tails.</summary>
    public static double TwoSided(double t, double freedom) =>
        SpecialFunctions.BetaRegularized(freedom / 2, 0.5, freedom / (freedom + (t * t)));

    /// <summary>The t that both tails together pass with probability <paramref name="p"/>.</summary>
    public static double Critical(double p, double freedom)
    {
        double t = StudentT.InvCDF(0, 1, freedom, 1 - (p / 2));
        for (int i = 0; i < 3; i++)
        {
            // Newton's step; the library's search stops early.
            t += (TwoSided(t, freedom) - p) / (2 * StudentT.PDF(0, 1, freedom, t));
        }

        return t;
    }
}

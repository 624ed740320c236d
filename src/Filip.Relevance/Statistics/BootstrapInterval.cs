namespace Filip.Relevance.Statistics;

/// <summary>An interval.</summary>
/// <param name="Low">Its lower end.</param>
/// <param name="High">Its upper end.</param>
public readonly record struct Interval(double Low, double High);

/// <summary>The percentile bootstrap of a mean.</summary>
public static class BootstrapInterval
{
    /// <summary>The interval that holds the middle 95 % of the means of resampled values.</summary>
    /// <param name="values">The values; at least one.</param>
    /// <param name="resamples">How often to resample, at least 2.</param>
    /// <param name="seed">Decides the resamples.</param>
    /// <remarks>Percentiles are interpolated linearly between the two nearest means.</remarks>
    public static Interval OfMean(ReadOnlySpan<double> values, int resamples, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfZero(values.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 2);
        double[] means = new double[resamples];
        var bits = new SeededBits(seed);
        for (int r = 0; r < resamples; r++)
        {
            means[r] = ResampledMean(values, ref bits);
        }

        Array.Sort(means);
        return new Interval(Percentile(means, 0.025), Percentile(means, 0.975));
    }

    private static double ResampledMean(ReadOnlySpan<double> values, ref SeededBits bits)
    {
        double sum = 0;
        ulong length = (ulong)values.Length;
        int i = 0;
        for (; i + 2 <= values.Length; i += 2)
        {
            // One draw of 64 bits gives two places.
            ulong draw = bits.Next();
            sum += values[(int)(((draw >> 32) * length) >> 32)] + values[(int)(((draw & uint.MaxValue) * length) >> 32)];
        }

        return (i < values.Length ? sum + values[bits.Below(values.Length)] : sum) / values.Length;
    }

    private static double Percentile(double[] sorted, double share)
    {
        double place = share * (sorted.Length - 1);
        int below = (int)place;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((place - below) * (sorted[above] - sorted[below]));
    }
}

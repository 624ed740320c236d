namespace Filip.Relevance.Statistics;

/// <summary>Holm's step-down correction for looking at several metrics.</summary>
public static class Holm
{
    /// <summary>Adjusts p-values so that the chance of one false alarm among them stays what it was for one.</summary>
    /// <param name="p">The p-values.</param>
    /// <returns>Adjusted values in the same order, at most 1.</returns>
    public static double[] Adjust(IReadOnlyList<double> p)
    {
        ArgumentNullException.ThrowIfNull(p);
        double[] adjusted = new double[p.Count];
        double least = 0;
        int rank = 0;
        foreach (int i in Enumerable.Range(0, p.Count).OrderBy(i => p[i]))
        {
            least = Math.Max(least, Math.Min(1, p[i] * (p.Count - rank++)));
            adjusted[i] = least;
        }

        return adjusted;
    }
}

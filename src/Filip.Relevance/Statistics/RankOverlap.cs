namespace Filip.Relevance.Statistics;

/// <summary>How alike two rankings are. Ids are compared as they are; no id may stand twice in a list.</summary>
public static class RankOverlap
{
    /// <summary>Rank-biased overlap, extrapolated (Webber, Moffat and Zobel 2010, equation 32): the top weighs most.</summary>
    /// <param name="a">One ranking, best first.</param>
    /// <param name="b">The other.</param>
    /// <param name="persistence">Chance to look one place further, between 0 and 1.</param>
    /// <returns>From 0 to 1; two empty lists are alike, an empty and another are not.</returns>
    public static double Rbo(IReadOnlyList<string> a, IReadOnlyList<string> b, double persistence = 0.9)
    {
        int[] shared = SharedByDepth(a, b, persistence);
        int s = Math.Min(a.Count, b.Count);
        int l = shared.Length - 1;
        if (s == 0)
        {
            return l == 0 ? 1 : 0;
        }

        double sum = 0;
        double atShort = shared[s];
        for (int d = 1; d <= l; d++)
        {
            double agreement = (double)shared[d] / d;
            agreement += d > s ? atShort * (d - s) / ((double)s * d) : 0;
            sum += agreement * Math.Pow(persistence, d);
        }

        double rest = ((shared[l] - atShort) / l) + (atShort / s);
        return ((1 - persistence) / persistence * sum) + (rest * Math.Pow(persistence, l));
    }

    /// <summary>The least rank-biased overlap the lists could have if they went on (equation 11), to the shorter one's length.</summary>
    /// <param name="a">One ranking, best first.</param>
    /// <param name="b">The other.</param>
    /// <param name="persistence">Chance to look one place further, between 0 and 1.</param>
    public static double RboMinimum(IReadOnlyList<string> a, IReadOnlyList<string> b, double persistence = 0.9)
    {
        int[] shared = SharedByDepth(a, b, persistence);
        int k = Math.Min(a.Count, b.Count);
        double sum = 0;
        for (int d = 1; d <= k; d++)
        {
            sum += (shared[d] - shared[k]) * Math.Pow(persistence, d) / d;
        }

        return (1 - persistence) / persistence * (sum - (shared[k] * Math.Log(1 - persistence)));
    }

    /// <summary>Documents in either's first k that are in both's; a list that ends before k is taken whole.</summary>
    /// <param name="a">One ranking, best first.</param>
    /// <param name="b">The other.</param>
    /// <param name="cutoff">k, at least 1.</param>
    /// <returns>From 0 to 1; two empty lists are alike.</returns>
    public static double Jaccard(IReadOnlyList<string> a, IReadOnlyList<string> b, int cutoff)
    {
        int shared = Shared(a, b, cutoff);
        int either = Math.Min(cutoff, a.Count) + Math.Min(cutoff, b.Count) - shared;
        return either == 0 ? 1 : (double)shared / either;
    }

    /// <summary>Documents in both's first k, over k.</summary>
    /// <param name="a">One ranking, best first.</param>
    /// <param name="b">The other.</param>
    /// <param name="cutoff">k, at least 1.</param>
    public static double Overlap(IReadOnlyList<string> a, IReadOnlyList<string> b, int cutoff) =>
        (double)Shared(a, b, cutoff) / cutoff;

    private static int Shared(IReadOnlyList<string> a, IReadOnlyList<string> b, int cutoff)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(cutoff, 1);
        return a.Take(cutoff).Intersect(b.Take(cutoff)).Count();
    }

    /// <summary>At [d], the number of documents in both's first d, a list that ended staying as it is.</summary>
    private static int[] SharedByDepth(IReadOnlyList<string> a, IReadOnlyList<string> b, double persistence)
    {
        if (persistence is not (> 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(persistence), persistence, "Expected a persistence between 0 and 1.");
        }

        int[] shared = new int[Math.Max(a.Count, b.Count) + 1];
        var seenA = new HashSet<string>();
        var seenB = new HashSet<string>();
        for (int d = 1; d < shared.Length; d++)
        {
            shared[d] = shared[d - 1];
            if (d <= a.Count && seenA.Add(a[d - 1]) && seenB.Contains(a[d - 1]))
            {
                shared[d]++;
            }

            if (d <= b.Count && seenB.Add(b[d - 1]) && seenA.Contains(b[d - 1]))
            {
                shared[d]++;
            }
        }

        return shared;
    }
}

namespace Filip.Relevance.Statistics;

/// <summary>Kendall's tau: pairs in the same order against pairs in the other.</summary>
public static class KendallTau
{
    /// <summary>tau-a over the documents that both rankings hold, by their places.</summary>
    /// <param name="a">One ranking, best first.</param>
    /// <param name="b">The other.</param>
    /// <returns>From −1 to 1; null where they share fewer than two documents.</returns>
    public static double? OfRankings(IReadOnlyList<string> a, IReadOnlyList<string> b)
    {
        var places = b.Select((id, place) => (id, place)).ToDictionary(pair => pair.id, pair => (double)pair.place);
        double[] common = [.. a.Where(places.ContainsKey).Select(id => places[id])];
        return OfScores([.. Enumerable.Range(0, common.Length).Select(i => (double)i)], common);
    }

    /// <summary>tau-b of two scores of the same things, ties counted.</summary>
    /// <param name="x">One score.</param>
    /// <param name="y">The other, in the same order.</param>
    /// <returns>From −1 to 1; null where one of them has no two different values.</returns>
    /// <remarks>Quadratic in the length, which is that of a result list.</remarks>
    public static double? OfScores(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (x.Count != y.Count)
        {
            throw new ArgumentException($"{x.Count} scores of the one and {y.Count} of the other; expected as many.");
        }

        long balance = 0;
        long apartInX = 0;
        long apartInY = 0;
        for (int i = 0; i < x.Count; i++)
        {
            for (int j = i + 1; j < x.Count; j++)
            {
                int byX = x[i].CompareTo(x[j]);
                int byY = y[i].CompareTo(y[j]);
                balance += byX * byY;
                apartInX += Math.Abs(byX);
                apartInY += Math.Abs(byY);
            }
        }

        return apartInX > 0 && apartInY > 0 ? balance / (Math.Sqrt(apartInX) * Math.Sqrt(apartInY)) : null;
    }
}

namespace Filip.Relevance.Metrics;

/// <summary>Metrics that add up discounted gains and divide by the best there could be.</summary>
internal static class GainMetrics
{
    /// <summary>nDCG as trec_eval has it: gain over log2(rank + 1), the ideal over all judged documents.</summary>
    public static double Ndcg(JudgedRanking ranking, int? cutoff, Func<double, double> gain)
    {
        double ideal = 0;
        for (int i = 0; i < Math.Min(cutoff ?? int.MaxValue, ranking.IdealGrades.Count); i++)
        {
            ideal += gain(ranking.IdealGrades[i]) * Discount(i);
        }

        return ideal > 0 ? Gained(ranking.Top(cutoff), gain, Discount) / ideal : 0;
    }

    /// <summary>nDCG on a page of pictures: each place has the attention of <see cref="GridAttention"/>.</summary>
    public static double Grid(JudgedRanking ranking, int places, int columns)
    {
        // A grid's attention does not fall with the rank: the best picture belongs where most is seen.
        double[] falling = [.. Enumerable.Range(0, places).Select(i => GridAttention.Of(i, columns)).OrderDescending()];
        double ideal = falling.Zip(ranking.IdealGrades, (attention, grade) => attention * grade).Sum();
        return ideal > 0
            ? Gained(ranking.Top(places), LinearGain, i => GridAttention.Of(i, columns)) / ideal
            : 0;
    }

    public static double LinearGain(double grade) => grade;

    public static double ExponentialGain(double grade) => Math.Pow(2, grade) - 1;

    /// <summary>Documents not judged (NaN) and grades below 0 give nothing.</summary>
    private static double Gained(ReadOnlySpan<double> grades, Func<double, double> gain, Func<int, double> discount)
    {
        double sum = 0;
        for (int i = 0; i < grades.Length; i++)
        {
            if (grades[i] > 0)
            {
                sum += gain(grades[i]) * discount(i);
            }
        }

        return sum;
    }

    private static double Discount(int index) => 1 / Math.Log2(index + 2);
}

namespace Filip.Relevance.Metrics;

/// <summary>Metrics of a user who goes down the list and stops by chance.</summary>
internal static class CascadeMetrics
{
    /// <summary>Expected reciprocal rank: a document of grade g satisfies with (2^g − 1) / 2^highest.</summary>
    public static double ExpectedReciprocalRank(JudgedRanking ranking, int? cutoff)
    {
        double sum = 0;
        double stillLooking = 1;
        var grades = ranking.Top(cutoff);
        for (int i = 0; i < grades.Length; i++)
        {
            if (grades[i] > 0)
            {
                double satisfies = GainMetrics.ExponentialGain(grades[i]) / Math.Pow(2, ranking.HighestGrade);
                sum += stillLooking * satisfies / (i + 1);
                stillLooking *= 1 - satisfies;
            }
        }

        return sum;
    }

    /// <summary>Rank-biased precision; with its residual, what it could be more if all that is not judged were relevant.</summary>
    public static (double Value, double Residual) RankBiasedPrecision(JudgedRanking ranking, double persistence)
    {
        double value = 0;
        double residual = 0;
        double weight = 1 - persistence;
        foreach (double grade in ranking.Grades)
        {
            value += ranking.IsRelevant(grade) ? weight : 0;
            residual += double.IsNaN(grade) ? weight : 0;
            weight *= persistence;
        }

        return (value, residual + Math.Pow(persistence, ranking.Grades.Length));
    }
}

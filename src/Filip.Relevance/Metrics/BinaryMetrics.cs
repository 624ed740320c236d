namespace Filip.Relevance.Metrics;

/// <summary>Metrics that know relevant and not relevant only.</summary>
internal static class BinaryMetrics
{
    public static double AveragePrecision(JudgedRanking ranking)
    {
        double sum = 0;
        int relevant = 0;
        for (int i = 0; i < ranking.Grades.Length; i++)
        {
            if (ranking.IsRelevant(ranking.Grades[i]))
            {
                relevant++;
                sum += (double)relevant / (i + 1);
            }
        }

        return ranking.RelevantCount > 0 ? sum / ranking.RelevantCount : 0;
    }

    public static double ReciprocalRank(JudgedRanking ranking)
    {
        for (int i = 0; i < ranking.Grades.Length; i++)
        {
            if (ranking.IsRelevant(ranking.Grades[i]))
            {
                return 1.0 / (i + 1);
            }
        }

        return 0;
    }

    public static double Precision(JudgedRanking ranking, int cutoff) => (double)RelevantIn(ranking, cutoff) / cutoff;

    public static double Recall(JudgedRanking ranking, int cutoff) =>
        ranking.RelevantCount > 0 ? (double)RelevantIn(ranking, cutoff) / ranking.RelevantCount : 0;

    public static double Success(JudgedRanking ranking, int cutoff) => RelevantIn(ranking, cutoff) > 0 ? 1 : 0;

    public static double RPrecision(JudgedRanking ranking) =>
        ranking.RelevantCount > 0 ? Precision(ranking, ranking.RelevantCount) : 0;

    /// <summary>As trec_eval: what was not judged (or has a grade below 0) is passed over.</summary>
    public static double Bpref(JudgedRanking ranking)
    {
        double sum = 0;
        int nonRelevant = 0;
        double bound = Math.Min(ranking.RelevantCount, ranking.NonRelevantCount);
        foreach (double grade in ranking.Grades)
        {
            if (ranking.IsRelevant(grade))
            {
                sum += nonRelevant == 0 ? 1 : 1 - (Math.Min(nonRelevant, ranking.RelevantCount) / bound);
            }
            else if (grade >= 0)
            {
                nonRelevant++;
            }
        }

        return ranking.RelevantCount > 0 ? sum / ranking.RelevantCount : 0;
    }

    public static double Judged(JudgedRanking ranking, int cutoff)
    {
        var top = ranking.Top(cutoff);
        int judged = 0;
        foreach (double grade in top)
        {
            judged += double.IsNaN(grade) ? 0 : 1;
        }

        return top.Length > 0 ? (double)judged / top.Length : 0;
    }

    private static int RelevantIn(JudgedRanking ranking, int cutoff)
    {
        int count = 0;
        foreach (double grade in ranking.Top(cutoff))
        {
            count += ranking.IsRelevant(grade) ? 1 : 0;
        }

        return count;
    }
}

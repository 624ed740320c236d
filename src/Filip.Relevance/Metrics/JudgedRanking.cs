using Filip.Relevance.Runs;

namespace Filip.Relevance.Metrics;

/// <summary>An answer seen through the judgements: all that a metric looks at.</summary>
internal sealed class JudgedRanking
{
    private readonly double[] _grades;

    public JudgedRanking(
        IReadOnlyList<RankedDocument> answer, IReadOnlyDictionary<string, double> judged, double level, double highestGrade)
    {
        _grades = [.. answer.Select(document => judged.TryGetValue(document.Id, out double grade) ? grade : double.NaN)];
        Level = level;
        HighestGrade = highestGrade;
        IdealGrades = [.. judged.Values.Where(grade => grade > 0).OrderDescending()];
        RelevantCount = judged.Values.Count(grade => grade >= level);
        NonRelevantCount = judged.Values.Count(grade => grade >= 0 && grade < level);
    }

    /// <summary>Lowest grade that counts as relevant for binary metrics.</summary>
    public double Level { get; }

    /// <summary>The grade at which a user is satisfied for certain, as nearly as ERR has it.</summary>
    public double HighestGrade { get; }

    /// <summary>Grades in the order of the answer; NaN where a document was not judged.</summary>
    public ReadOnlySpan<double> Grades => _grades;

    /// <summary>All grades above 0 of the judgements, falling: the best answer there could be.</summary>
    public IReadOnlyList<double> IdealGrades { get; }

    /// <summary>Relevant documents there are.</summary>
    public int RelevantCount { get; }

    /// <summary>Documents judged not relevant. A grade below 0 is, to trec_eval, no judgement here.</summary>
    public int NonRelevantCount { get; }

    /// <summary>The first k grades, or as many as there are.</summary>
    public ReadOnlySpan<double> Top(int? cutoff) =>
        _grades.AsSpan(0, Math.Min(cutoff ?? _grades.Length, _grades.Length));

    /// <summary>False for documents that were not judged: NaN compares as false.</summary>
    public bool IsRelevant(double grade) => grade >= Level;
}

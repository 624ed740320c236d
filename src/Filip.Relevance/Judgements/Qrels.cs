namespace Filip.Relevance.Judgements;

/// <summary>Judgements: for each judged query, the grades of its judged documents.</summary>
/// <remarks>A grade of 0 or below means not relevant; a document that is not listed was not judged. Grades are finite.</remarks>
public sealed class Qrels
{
    internal Qrels(
        IReadOnlyList<string> queries,
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> grades,
        IReadOnlyList<string> unrated)
    {
        Queries = queries;
        ByQuery = grades;
        UnratedQueries = unrated;
    }

    /// <summary>The judged queries, in the order of the file.</summary>
    public IReadOnlyList<string> Queries { get; }

    /// <summary>Grades by query, then by document.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> ByQuery { get; }

    /// <summary>Queries that the file names and gives no rating; they count in no mean, and are told.</summary>
    public IReadOnlyList<string> UnratedQueries { get; }

    /// <summary>Number of judgements.</summary>
    public int Count => ByQuery.Values.Sum(grades => grades.Count);

    /// <summary>The highest grade given, 0 where none is above.</summary>
    public double HighestGrade => ByQuery.Values.SelectMany(grades => grades.Values).Append(0).Max();

    /// <summary>Judgements made in memory.</summary>
    /// <param name="judgements">Query, document, grade; each pair of query and document once.</param>
    /// <exception cref="ArgumentException">A pair came twice, an id is empty, or a grade is not finite.</exception>
    public static Qrels From(IEnumerable<(string Query, string Document, double Grade)> judgements)
    {
        ArgumentNullException.ThrowIfNull(judgements);
        var builder = new QrelsBuilder();
        foreach (var (query, document, grade) in judgements)
        {
            if (builder.TryAdd(query, document, grade, 0) is { } problem)
            {
                throw new ArgumentException(problem, nameof(judgements));
            }
        }

        return builder.Build();
    }

    /// <summary>The judgements of some queries only.</summary>
    /// <param name="keep">Says which queries stay.</param>
    public Qrels Where(Func<string, bool> keep) =>
        new(
            [.. Queries.Where(keep)],
            Queries.Where(keep).ToDictionary(query => query, query => ByQuery[query]),
            [.. UnratedQueries.Where(keep)]);
}

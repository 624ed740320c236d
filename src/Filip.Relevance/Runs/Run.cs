namespace Filip.Relevance.Runs;

/// <summary>What a system answered: for each query its documents, best first.</summary>
public sealed class Run
{
    internal Run(
        string name, IReadOnlyList<string> queries, IReadOnlyDictionary<string, IReadOnlyList<RankedDocument>> answers)
    {
        Name = name;
        Queries = queries;
        Answers = answers;
    }

    /// <summary>The run's name (the last column of a TREC run).</summary>
    public string Name { get; }

    /// <summary>The answered queries, in the order they came.</summary>
    public IReadOnlyList<string> Queries { get; }

    /// <summary>Answers by query, best first; no document twice in one.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<RankedDocument>> Answers { get; }

    /// <summary>The answer to a query; empty where there is none.</summary>
    /// <param name="query">The query's id.</param>
    public IReadOnlyList<RankedDocument> this[string query] => Answers.GetValueOrDefault(query) ?? [];

    /// <summary>A run from scores: each answer is put into trec_eval's order.</summary>
    /// <param name="name">The run's name.</param>
    /// <param name="answers">Documents with their scores by query, in any order.</param>
    /// <exception cref="ArgumentException">A document comes twice, an id is empty, or a score is not finite.</exception>
    public static Run FromScores(string name, IEnumerable<KeyValuePair<string, IEnumerable<RankedDocument>>> answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        var builder = new RunBuilder(name);
        foreach (var (query, documents) in answers)
        {
            builder.Name(query);
            foreach (var document in documents)
            {
                if (builder.TryAdd(query, document.Id, document.Score, 0) is { } problem)
                {
                    throw new ArgumentException(problem, nameof(answers));
                }
            }
        }

        return builder.Build();
    }

    /// <summary>A run from answers that stand in their order already; scores are made up to say that order.</summary>
    /// <param name="name">The run's name.</param>
    /// <param name="answers">Document ids by query, best first.</param>
    /// <exception cref="ArgumentException">A document comes twice in an answer, or an id is empty.</exception>
    public static Run FromRankings(string name, IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        return FromScores(name, answers.Select(answer => KeyValuePair.Create(
            answer.Key, answer.Value.Select((id, rank) => new RankedDocument(id, answer.Value.Count - rank)))));
    }
}

namespace Filip.Benchmarks.Nested;

/// <summary>Holds candidates against exhaustive late interaction and against the judgements.</summary>
internal sealed class NestedJudge
{
    private readonly EvaluationVectors _set;
    private readonly Dictionary<string, int> _places;
    private readonly List<double[]> _scores;
    private readonly List<HashSet<string>> _tens;

    private NestedJudge(EvaluationVectors set, List<double[]> scores)
    {
        _set = set;
        _scores = scores;
        _places = set.Documents.Select((document, place) => (document.Id, place)).ToDictionary(pair => pair.Id, pair => pair.place);
        _tens = [.. scores.Select(score => MaxSims.Top(score, 10).Select(place => set.Documents[place].Id).ToHashSet())];
        var all = set.Documents.Select(document => document.Id).ToList();
        Ceiling = Enumerable.Range(0, set.Queries.Count).Average(query => Judge(query, all).Ndcg);
    }

    /// <summary>nDCG@10 of late interaction over all pictures.</summary>
    public double Ceiling { get; }

    public static NestedJudge Of(EvaluationVectors set) =>
        new(set, [.. set.Queries.Select(query => MaxSims.Sum(MaxSims.Of(query.Text.Tokens, set.Patches)))]);

    /// <summary>The share of the exhaustive ten, and nDCG@10 after late interaction.</summary>
    public (double Recall, double Ndcg) Judge(int query, IReadOnlyList<string> candidates)
    {
        var order = candidates.OrderByDescending(id => _scores[query][_places[id]]).ThenBy(id => id, StringComparer.Ordinal).Take(10);
        var judged = _set.Judged.GetValueOrDefault(_set.Queries[query].Id) ?? [];
        var ideal = Gain(judged.Values.OrderDescending().Take(10));
        return (
            candidates.Count(_tens[query].Contains) / (double)_tens[query].Count,
            ideal > 0 ? Gain(order.Select(id => judged.GetValueOrDefault(id))) / ideal : 0);
    }

    private static double Gain(IEnumerable<int> grades) => grades.Select((grade, place) => grade / Math.Log2(place + 2)).Sum();
}

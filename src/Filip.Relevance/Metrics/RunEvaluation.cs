namespace Filip.Relevance.Metrics;

/// <summary>A run's values, query by query.</summary>
public sealed class RunEvaluation
{
    private readonly IReadOnlyDictionary<MetricName, double[]> _values;
    private readonly HashSet<string> _unanswered;

    internal RunEvaluation(
        IReadOnlyList<string> queries,
        IReadOnlyDictionary<MetricName, double[]> values,
        IReadOnlyList<string> unanswered,
        int withoutRelevant,
        int unjudgedAnswers)
    {
        Queries = queries;
        _values = values;
        Unanswered = unanswered;
        _unanswered = [.. unanswered];
        WithoutRelevant = withoutRelevant;
        UnjudgedAnswers = unjudgedAnswers;
    }

    /// <summary>The judged queries, in the order of the judgements.</summary>
    public IReadOnlyList<string> Queries { get; }

    /// <summary>The metrics that were measured.</summary>
    public IEnumerable<MetricName> Metrics => _values.Keys;

    /// <summary>Judged queries that the run does not answer; they count 0.</summary>
    public IReadOnlyList<string> Unanswered { get; }

    /// <summary>Number of judged queries without a relevant document; they count 0.</summary>
    public int WithoutRelevant { get; }

    /// <summary>Number of answered queries that are not judged; they count nowhere.</summary>
    public int UnjudgedAnswers { get; }

    /// <summary>The values of a metric, one for each of <see cref="Queries"/>.</summary>
    /// <param name="metric">A metric that was measured.</param>
    /// <exception cref="KeyNotFoundException">It was not measured.</exception>
    public IReadOnlyList<double> Values(MetricName metric) => _values.TryGetValue(metric, out double[]? values)
        ? values
        : throw new KeyNotFoundException($"{metric} was not measured; there are {string.Join(", ", _values.Keys)}.");

    /// <summary>The mean over all judged queries.</summary>
    /// <param name="metric">A metric that was measured.</param>
    public double Mean(MetricName metric) => Values(metric).DefaultIfEmpty(0).Average();

    /// <summary>The mean over queries that are judged and answered (trec_eval without <c>-c</c>).</summary>
    /// <param name="metric">A metric that was measured.</param>
    public double MeanOfAnswered(MetricName metric) =>
        Values(metric).Where((_, i) => !_unanswered.Contains(Queries[i])).DefaultIfEmpty(0).Average();
}

using Filip.Relevance.Judgements;
using Filip.Relevance.Runs;

namespace Filip.Relevance.Metrics;

/// <summary>What may be chosen about an evaluation.</summary>
public sealed record EvaluationOptions
{
    /// <summary>Lowest grade that counts as relevant for binary metrics (map, mrr, p, recall, success, rprec, bpref, rbp).</summary>
    /// <value>The default is 1. Above 0.</value>
    public double RelevanceLevel { get; init; } = 1;

    /// <summary>The highest grade of the scale, for ERR; a higher one in the judgements takes its place.</summary>
    /// <value>The default is 4, as TREC's scripts have it.</value>
    public double HighestGrade { get; init; } = 4;

    internal void Validate()
    {
        if (!(RelevanceLevel > 0 && double.IsFinite(RelevanceLevel)))
        {
            throw new ArgumentOutOfRangeException(
                nameof(RelevanceLevel), RelevanceLevel, "The level is the lowest relevant grade and lies above 0.");
        }

        if (!(HighestGrade > 0 && HighestGrade <= 100))
        {
            throw new ArgumentOutOfRangeException(nameof(HighestGrade), HighestGrade, "Expected a grade above 0, at most 100.");
        }
    }
}

/// <summary>Measures runs against judgements.</summary>
/// <remarks>
/// Every judged query counts in a mean; one without an answer or without a relevant document counts 0 (trec_eval's
/// <c>-c</c>). Values equal trec_eval's where it has the metric.
/// </remarks>
public static class Evaluation
{
    /// <summary>Measures a run.</summary>
    /// <param name="qrels">The judgements.</param>
    /// <param name="run">The run; answers to queries that are not judged are left aside and counted.</param>
    /// <param name="metrics">What to measure.</param>
    /// <param name="options">The relevance level and the highest grade.</param>
    public static RunEvaluation Of(
        Qrels qrels, Run run, IReadOnlyList<MetricName> metrics, EvaluationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(qrels);
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(metrics);
        options ??= new EvaluationOptions();
        options.Validate();
        double highest = Math.Max(options.HighestGrade, qrels.HighestGrade);
        var values = metrics.Distinct().ToDictionary(metric => metric, _ => new double[qrels.Queries.Count]);
        int withoutRelevant = 0;
        for (int q = 0; q < qrels.Queries.Count; q++)
        {
            string query = qrels.Queries[q];
            var ranking = new JudgedRanking(run[query], qrels.ByQuery[query], options.RelevanceLevel, highest);
            withoutRelevant += ranking.RelevantCount == 0 ? 1 : 0;
            foreach (var (metric, column) in values)
            {
                column[q] = Value(metric, ranking);
            }
        }

        return new RunEvaluation(
            qrels.Queries,
            values,
            [.. qrels.Queries.Where(query => !run.Answers.ContainsKey(query))],
            withoutRelevant,
            run.Queries.Count(query => !qrels.ByQuery.ContainsKey(query)));
    }

    /// <summary>The residual of rank-biased precision: by how much judging everything could still raise it.</summary>
    /// <param name="judged">Grades of a query's judged documents.</param>
    /// <param name="answer">The answer, best first.</param>
    /// <param name="persistence">Between 0 and 1.</param>
    public static double RankBiasedResidual(
        IReadOnlyDictionary<string, double> judged, IReadOnlyList<RankedDocument> answer, double persistence) =>
        CascadeMetrics.RankBiasedPrecision(new JudgedRanking(answer, judged, 1, 4), persistence).Residual;

    private static double Value(MetricName metric, JudgedRanking ranking) => metric.Kind switch
    {
        MetricKind.Ndcg => GainMetrics.Ndcg(ranking, metric.Cutoff, GainMetrics.LinearGain),
        MetricKind.NdcgExponential => GainMetrics.Ndcg(ranking, metric.Cutoff, GainMetrics.ExponentialGain),
        MetricKind.NdcgGrid => GainMetrics.Grid(ranking, metric.Cutoff!.Value, metric.Columns),
        MetricKind.AveragePrecision => BinaryMetrics.AveragePrecision(ranking),
        MetricKind.ReciprocalRank => BinaryMetrics.ReciprocalRank(ranking),
        MetricKind.Precision => BinaryMetrics.Precision(ranking, metric.Cutoff!.Value),
        MetricKind.Recall => BinaryMetrics.Recall(ranking, metric.Cutoff!.Value),
        MetricKind.Success => BinaryMetrics.Success(ranking, metric.Cutoff!.Value),
        MetricKind.RPrecision => BinaryMetrics.RPrecision(ranking),
        MetricKind.Bpref => BinaryMetrics.Bpref(ranking),
        MetricKind.ExpectedReciprocalRank => CascadeMetrics.ExpectedReciprocalRank(ranking, metric.Cutoff),
        MetricKind.RankBiasedPrecision => CascadeMetrics.RankBiasedPrecision(ranking, metric.Persistence).Value,
        MetricKind.Judged => BinaryMetrics.Judged(ranking, metric.Cutoff!.Value),
        _ => throw new ArgumentOutOfRangeException(nameof(metric), metric.Kind, "No such metric."),
    };
}

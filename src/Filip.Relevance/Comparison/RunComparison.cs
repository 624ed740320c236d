using Filip.Relevance.Judgements;
using Filip.Relevance.Metrics;
using Filip.Relevance.Runs;
using Filip.Relevance.Statistics;

namespace Filip.Relevance.Comparison;

/// <summary>Compares two runs on the same judgements.</summary>
public static class RunComparison
{
    private const int Shown = 10;
    private static readonly MetricName s_ceilingMetric = new(MetricKind.Ndcg, 10);

    /// <summary>Compares.</summary>
    /// <param name="request">Judgements, both sides, and what to look at.</param>
    /// <param name="cancellation">Stops between metrics.</param>
    /// <exception cref="ArgumentException">There is no metric or no judged query.</exception>
    public static ComparisonResult Of(ComparisonRequest request, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        MetricName[] metrics = [.. request.Metrics.Distinct()];
        if (metrics.Length == 0 || request.Qrels.Queries.Count == 0)
        {
            throw new ArgumentException("A comparison needs one metric and one judged query at least.", nameof(request));
        }

        var a = Evaluation.Of(request.Qrels, request.A.Run, metrics, request.Evaluation);
        var b = Evaluation.Of(request.Qrels, request.B.Run, metrics, request.Evaluation);
        double[]? ceilings = request.Candidates is { } candidates ? Ceilings(request.Qrels, candidates) : null;
        var queries = Queries(request, metrics, a, b, ceilings);
        return new ComparisonResult
        {
            Metrics = metrics,
            A = Side(request.A, metrics, a),
            B = Side(request.B, metrics, b),
            Differences = Differences(metrics, a, b, request.Statistics, cancellation),
            Queries = queries,
            Gains = [.. queries.Where(q => q.Delta > 0).OrderByDescending(q => q.Delta).Take(request.ListLength)],
            Losses = [.. queries.Where(q => q.Delta < 0).OrderBy(q => q.Delta).Take(request.ListLength)],
            Slices = QuerySlices.Of(queries, request.Queries, request.Statistics, cancellation),
            Overlap = Overlap(request),
            Ceiling = ceilings is null
                ? null
                : new RecallCeiling(request.Qrels.Queries.Max(query => request.Candidates![query].Count), ceilings.Average()),
            WithoutRelevant = a.WithoutRelevant,
            Unrated = request.Qrels.UnratedQueries,
            Notes = ComparisonNotes.Of(request, a, b),
            Experiment = Experiment.Of(request, metrics),
        };
    }

    private static VariantResult Side(Variant variant, MetricName[] metrics, RunEvaluation evaluation) => new(
        variant.Spec,
        [.. metrics.Select(metric => KeyValuePair.Create(metric, evaluation.Mean(metric)))],
        evaluation.Unanswered,
        variant.Cost);

    private static MetricDifference[] Differences(
        MetricName[] metrics, RunEvaluation a, RunEvaluation b, StatisticsOptions options, CancellationToken cancellation)
    {
        var statistics = new PairedComparison[metrics.Length];
        for (int m = 0; m < metrics.Length; m++)
        {
            cancellation.ThrowIfCancellationRequested();
            statistics[m] = PairedComparison.Of(a.Values(metrics[m]), b.Values(metrics[m]), options);
        }

        double[] holm = Holm.Adjust([.. statistics.Select(one => one.Randomisation.P)]);
        double? detectable = a.Queries.Count > 1 ? Power.MinimumDetectable(a.Queries.Count) : null;
        return [.. metrics.Select((metric, m) => new MetricDifference(
            metric,
            statistics[m],
            holm[m],
            statistics[m].Dz is null ? null : detectable * statistics[m].SdDelta,
            statistics[m].Dz is { } dz ? Power.QueriesNeeded(dz) : null))];
    }

    private static QueryComparison[] Queries(
        ComparisonRequest request, MetricName[] metrics, RunEvaluation a, RunEvaluation b, double[]? ceilings)
    {
        var texts = request.Queries.ToDictionary(query => query.Id);
        return [.. request.Qrels.Queries.Select((id, i) =>
        {
            var known = texts.GetValueOrDefault(id);
            return new QueryComparison(
                id,
                known?.Text,
                known?.Family,
                [.. metrics.Select(metric => a.Values(metric)[i])],
                [.. metrics.Select(metric => b.Values(metric)[i])],
                [.. request.A.Run[id].Take(Shown).Select(document => document.Id)],
                [.. request.B.Run[id].Take(Shown).Select(document => document.Id)],
                ceilings?[i]);
        })];
    }

    /// <summary>nDCG@10 of each query's candidates in the best order there is.</summary>
    private static double[] Ceilings(Qrels qrels, Run candidates)
    {
        var best = Run.FromRankings("ceiling", qrels.Queries.Select(query => KeyValuePair.Create(
            query,
            (IReadOnlyList<string>)[.. candidates[query]
                .Select(document => document.Id)
                .OrderByDescending(id => qrels.ByQuery[query].GetValueOrDefault(id))])));
        return [.. Evaluation.Of(qrels, best, [s_ceilingMetric]).Values(s_ceilingMetric)];
    }

    private static AnswerOverlap Overlap(ComparisonRequest request)
    {
        double rbo = 0;
        double jaccard = 0;
        var taus = new List<double>();
        foreach (string query in request.Qrels.Queries)
        {
            // A list's far end says little and tau is quadratic in its length.
            string[] a = [.. request.A.Run[query].Take(100).Select(document => document.Id)];
            string[] b = [.. request.B.Run[query].Take(100).Select(document => document.Id)];
            rbo += RankOverlap.Rbo(a, b);
            jaccard += RankOverlap.Jaccard(a, b, 10);
            if (KendallTau.OfRankings(a, b) is { } tau)
            {
                taus.Add(tau);
            }
        }

        int count = request.Qrels.Queries.Count;
        return new AnswerOverlap(rbo / count, jaccard / count, taus.Count > 0 ? taus.Average() : null);
    }
}

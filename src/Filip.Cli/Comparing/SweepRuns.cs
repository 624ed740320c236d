using Filip.Cli.Terminal;
using Filip.Relevance.Judgements;
using Filip.Relevance.Metrics;
using Filip.Relevance.Report;

namespace Filip.Cli.Comparing;

/// <summary>Asks every query under every setting of a sweep.</summary>
internal static class SweepRuns
{
    /// <summary>Asks, and measures quality, bytes and latency of each setting.</summary>
    /// <param name="sweep">The settings.</param>
    /// <param name="under">The variant whose candidates and codec are swept; null for <c>rerank</c>.</param>
    /// <param name="variants">Opens them.</param>
    /// <param name="qrels">The judgements.</param>
    /// <param name="queries">The judged queries.</param>
    /// <param name="metric">What quality is.</param>
    /// <param name="evaluation">Relevance level.</param>
    /// <param name="quiet">No progress.</param>
    /// <param name="stop">Ends the call.</param>
    public static async ValueTask<IReadOnlyList<SweepPoint>> AskAsync(
        SweepSpec sweep, EngineSpec? under, OpenedVariants variants, Qrels qrels, IReadOnlyList<EvaluationQuery> queries,
        MetricName metric, EvaluationOptions evaluation, bool quiet, CancellationToken stop)
    {
        var points = new List<SweepPoint>();
        foreach (var codec in sweep.Codecs)
        {
            foreach (var candidates in sweep.Candidates)
            {
                var name = codec is { } named ? VariantSpecParser.Name(named) : under?.Codec is { } own ? VariantSpecParser.Name(own) : "as kept";
                var spec = (under ?? new EngineSpec("rerank", EngineOrder.Rerank)) with { Candidates = candidates, Codec = codec ?? under?.Codec };
                Screen.Note($"sweep: {name}, {candidates} candidates", quiet);
                var asked = await VariantAsking.AskAsync([(spec.Text, await variants.OpenAsync(spec, stop))], queries, quiet, stop);
                var (run, cost) = (asked[0].Variant.Run, asked[0].Variant.Cost!);
                points.Add(new SweepPoint(
                    name, candidates, Evaluation.Of(qrels, run, [metric], evaluation).Mean(metric), cost.BytesPerPicture ?? 0, cost.LatencyP50Ms ?? 0));
            }
        }

        return points;
    }
}

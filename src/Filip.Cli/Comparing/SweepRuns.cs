using System.Globalization;
using Filip.Cli.Terminal;
using Filip.Relevance.Judgements;
using Filip.Relevance.Metrics;
using Filip.Relevance.Report;

namespace Filip.Cli.Comparing;

/// <summary>A setting of a sweep, ready to be asked.</summary>
/// <param name="Codec">How patches are kept, in words.</param>
/// <param name="Candidates">Candidates that stage two re-scores.</param>
/// <param name="Variant">What is asked.</param>
internal sealed record SweepSetting(string Codec, int Candidates, IVariant Variant);

/// <summary>Asks every query under every setting of a sweep.</summary>
internal static class SweepRuns
{
    /// <summary>Opens every setting; one that cannot be had is refused before anything is asked.</summary>
    /// <param name="sweep">The settings; null for none.</param>
    /// <param name="b">The side that might be taken: where it re-scores, its contract and place are swept, else plain <c>rerank</c>.</param>
    /// <param name="variants">Opens them.</param>
    /// <param name="stop">Ends the call.</param>
    public static async ValueTask<IReadOnlyList<SweepSetting>> OpenAsync(
        SweepSpec? sweep, VariantSpec b, OpenedVariants variants, CancellationToken stop)
    {
        if (sweep is null)
        {
            return [];
        }

        var under = b is EngineSpec { Order: not EngineOrder.Recall } scored ? scored : new EngineSpec("rerank", EngineOrder.Rerank);
        var settings = new List<SweepSetting>();
        foreach (var codec in sweep.Codecs)
        {
            foreach (var candidates in sweep.Candidates)
            {
                var spec = under with { Candidates = candidates, Codec = codec ?? under.Codec, Text = $"--sweep over {under.Text}" };
                var variant = await variants.OpenAsync(spec, stop);
                settings.Add(new SweepSetting(VariantSpecParser.Name(variant.Codec), candidates, variant));
            }
        }

        return settings;
    }

    /// <summary>Asks, and measures quality, bytes and latency of each setting.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="qrels">The judgements.</param>
    /// <param name="queries">The judged queries.</param>
    /// <param name="metric">What quality is.</param>
    /// <param name="evaluation">Relevance level.</param>
    /// <param name="quiet">No progress.</param>
    /// <param name="stop">Ends the call.</param>
    public static async ValueTask<IReadOnlyList<SweepPoint>> AskAsync(
        IReadOnlyList<SweepSetting> settings, Qrels qrels, IReadOnlyList<EvaluationQuery> queries, MetricName metric,
        EvaluationOptions evaluation, bool quiet, CancellationToken stop)
    {
        var points = new List<SweepPoint>();
        foreach (var (codec, candidates, variant) in settings)
        {
            Screen.Note(string.Create(CultureInfo.InvariantCulture, $"sweep: {codec}, {candidates} candidates"), quiet);
            var asked = await VariantAsking.AskAsync([($"{codec}, {candidates}", variant)], queries, quiet, stop);
            var (run, cost) = (asked[0].Variant.Run, asked[0].Variant.Cost!);
            points.Add(new SweepPoint(
                codec, candidates, Evaluation.Of(qrels, run, [metric], evaluation).Mean(metric), cost.BytesPerPicture ?? 0, cost.LatencyP50Ms ?? 0));
        }

        return points;
    }
}

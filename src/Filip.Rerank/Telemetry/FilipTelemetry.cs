using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Filip.Rerank.Telemetry;

/// <summary>The meter and the activity source that everything here reports to.</summary>
/// <remarks>Names and units follow OpenTelemetry; Prometheus sees <c>filip_stage_duration_seconds</c> and so on.</remarks>
public static class FilipTelemetry
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "Filip";

    private static readonly Meter s_meter = new(Name);

    private static readonly Histogram<double> s_stage = s_meter.CreateHistogram(
        "filip.stage.duration", "s", "Time of one stage of one request.",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
        });

    private static readonly Histogram<int> s_candidates = s_meter.CreateHistogram(
        "filip.candidates", "{candidate}", "Candidates of one request.",
        advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 10, 50, 100, 200, 500, 1000, 2000, 5000, 10000] });

    private static readonly Counter<long> s_degraded = s_meter.CreateCounter<long>(
        "filip.degraded", "{answer}", "Answers that were a lesser order, by reason.");

    private static readonly Counter<long> s_missing = s_meter.CreateCounter<long>(
        "filip.missing_patches", "{candidate}", "Candidates without patches in the index.");

    private static readonly Counter<long> s_cache = s_meter.CreateCounter<long>(
        "filip.cache.lookups", "{lookup}", "Lookups in a cache, by cache and result.");

    private static readonly Counter<long> s_refused = s_meter.CreateCounter<long>(
        "filip.refused", "{request}", "Requests refused, by code.");

    private static int s_ready = -1;

    private static readonly ObservableGauge<int> s_readiness = s_meter.CreateObservableGauge(
        "filip.ready", ObserveReady, unit: null, "Whether a search could be answered when last looked: 1 or 0.");

    /// <summary>Spans of the stages.</summary>
    public static ActivitySource Source { get; } = new(Name);

    internal static void Stage(string stage, TimeSpan took) =>
        s_stage.Record(took.TotalSeconds, new KeyValuePair<string, object?>("stage", stage));

    internal static void Candidates(int count) => s_candidates.Record(count);

    internal static void Degraded(string reason) => s_degraded.Add(1, new KeyValuePair<string, object?>("reason", reason));

    internal static void MissingPatches(int count)
    {
        if (count > 0)
        {
            s_missing.Add(count);
        }
    }

    internal static void CacheLookups(string cache, int hits, int misses)
    {
        if (hits > 0)
        {
            s_cache.Add(hits, new("cache", cache), new("result", "hit"));
        }

        if (misses > 0)
        {
            s_cache.Add(misses, new("cache", cache), new("result", "miss"));
        }
    }

    internal static void Ready(bool ready) => Volatile.Write(ref s_ready, ready ? 1 : 0);

    internal static void Refused(string code) => s_refused.Add(1, new KeyValuePair<string, object?>("code", code));

    // Nothing until somebody has looked: a process that is starting is neither.
    private static IEnumerable<Measurement<int>> ObserveReady() =>
        Volatile.Read(ref s_ready) is >= 0 and var ready ? [new Measurement<int>(ready)] : [];
}

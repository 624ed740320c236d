using System.Diagnostics.Metrics;
using Filip.Rerank.Telemetry;
using Microsoft.Extensions.Logging;

namespace Filip.Rerank.Experiments;

/// <summary>What experiments count and log.</summary>
internal static partial class ExperimentTelemetry
{
    private static readonly Meter s_meter = new(FilipTelemetry.Name);

    private static readonly Counter<long> s_searches = s_meter.CreateCounter<long>(
        "filip.experiment.searches", "{search}", "Searches in an experiment, by variant and by whether they count.");

    private static readonly Counter<long> s_shadows = s_meter.CreateCounter<long>(
        "filip.experiment.shadows", "{search}", "Shadow searches of B, by outcome: done, degraded, failed or dropped.");

    private static readonly Counter<long> s_lines = s_meter.CreateCounter<long>(
        "filip.experiment.lines", "{line}", "Lines for the event file, by outcome: written, failed or dropped.");

    private static readonly Counter<long> s_events = s_meter.CreateCounter<long>(
        "filip.experiment.events", "{event}", "Events taken from callers and written.");

    private static readonly Histogram<double> s_duration = s_meter.CreateHistogram<double>(
        "filip.experiment.duration", "s", "Time of a search in an experiment, by variant.");

    public static void Searched(ExperimentEcho echo, double milliseconds)
    {
        s_searches.Add(1, new("variant", echo.Variant), new("counted", echo.Uncounted ?? "yes"));
        s_duration.Record(milliseconds / 1000, new KeyValuePair<string, object?>("variant", echo.Variant));
    }

    public static void Shadow(string outcome) => s_shadows.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public static void Lines(int count, string outcome) => s_lines.Add(count, new KeyValuePair<string, object?>("outcome", outcome));

    public static void Events(int count) => s_events.Add(count);

    [LoggerMessage(2101, LogLevel.Error, "Events could not be written; searches go on, and the next line opens the file anew")]
    public static partial void EventsNotWritten(this ILogger logger, Exception exception);

    [LoggerMessage(2102, LogLevel.Warning, "A shadow search failed; the page it belongs to was answered before")]
    public static partial void ShadowFailed(this ILogger logger, Exception exception);

    [LoggerMessage(2103, LogLevel.Warning, "Variant B failed; A answers")]
    public static partial void VariantFailed(this ILogger logger, Exception exception);
}

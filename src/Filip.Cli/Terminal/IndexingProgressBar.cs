using System.Globalization;
using Filip.Indexer.Pipeline;
using Spectre.Console;

namespace Filip.Cli.Terminal;

/// <summary>Draws an indexing job while it runs: bar, rate, time left, failures. On a terminal only.</summary>
internal static class IndexingProgressBar
{
    /// <summary>Runs a job, drawing where there is a terminal and nobody asked for quiet.</summary>
    /// <param name="quiet">Draw nothing.</param>
    /// <param name="run">The job.</param>
    public static async Task<IndexingSummary> RunAsync(bool quiet, Func<IProgress<IndexingProgress>?, Task<IndexingSummary>> run)
    {
        if (quiet || !Screen.Notes.Profile.Capabilities.Interactive || !Screen.Notes.Profile.Capabilities.Ansi)
        {
            return await run(null);
        }

        return await Screen.Notes.Progress()
            .AutoClear(true)
            .HideCompleted(false)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask("starting", autoStart: true);
                task.IsIndeterminate = true;
                return await run(new Drawing(task));
            });
    }

    /// <summary>One line that says how far a job is.</summary>
    public static string Describe(IndexingProgress progress)
    {
        var culture = CultureInfo.InvariantCulture;
        var of = progress.Total is { } total ? string.Create(culture, $" of {total:N0}") : "";
        var failed = progress.Failed > 0 ? string.Create(culture, $" · [red]{progress.Failed:N0} failed[/]") : "";
        var left = progress.Remaining is { } remaining ? $" · {Left(remaining)} left" : "";
        return string.Create(culture, $"{progress.Done:N0}{of} pictures · {progress.PicturesPerSecond:N0}/s{left}{failed}");
    }

    private static string Left(TimeSpan time) => time.TotalHours >= 1
        ? $"{(int)time.TotalHours} h {time.Minutes:00} min"
        : time.TotalMinutes >= 1 ? $"{time.Minutes} min {time.Seconds:00} s" : $"{Math.Ceiling(time.TotalSeconds):0} s";

    private sealed class Drawing(ProgressTask task) : IProgress<IndexingProgress>
    {
        public void Report(IndexingProgress value)
        {
            task.Description = Describe(value);
            if (value.Total is { } total and > 0)
            {
                task.IsIndeterminate = false;
                task.MaxValue = total;
                task.Value = Math.Min(value.Done, total);
            }
        }
    }
}

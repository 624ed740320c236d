namespace Filip.Indexer.Pipeline;

/// <summary>Tells the listener of a job how far it is, at a steady interval and once at the end.</summary>
internal sealed class ProgressReporter(
    JobReport report, IProgress<IndexingProgress> progress, Task<long?> total, TimeSpan interval, TimeProvider time)
{
    /// <summary>The rate is that of the last ten seconds: pictures unchanged and pictures encoded differ a hundredfold.</summary>
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(10);

    private readonly Queue<(TimeSpan At, long Done)> _samples = new([(TimeSpan.Zero, 0)]);

    /// <summary>Reports until the job ends.</summary>
    public async Task RunAsync(CancellationToken ended)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(ended))
            {
                progress.Report(Snapshot());
            }
        }
        catch (OperationCanceledException)
        {
            progress.Report(Snapshot());
        }
    }

    private IndexingProgress Snapshot()
    {
        var now = new IndexingProgress(
            total.IsCompletedSuccessfully ? total.Result : null,
            report.Indexed, report.Unchanged, report.Failed, report.Elapsed, 0, null);
        _samples.Enqueue((now.Elapsed, now.Done));
        while (_samples.Count > 2 && now.Elapsed - _samples.Peek().At > s_window)
        {
            _samples.Dequeue();
        }

        var (since, before) = _samples.Peek();
        var seconds = (now.Elapsed - since).TotalSeconds;
        var rate = seconds > 0 ? (now.Done - before) / seconds : 0;
        return now with
        {
            PicturesPerSecond = rate,
            Remaining = now.Total is { } all && rate > 0
                ? TimeSpan.FromSeconds(Math.Min(Math.Max(0, all - now.Done) / rate, TimeSpan.FromDays(3650).TotalSeconds))
                : null,
        };
    }
}

using System.Threading.Channels;
using Filip.Embeddings.Pooling;
using Filip.Indexer.Sources;

namespace Filip.Indexer.Pipeline;

/// <summary>Brings the pictures of a source into an index: reads, skips what is unchanged, decodes, encodes, writes.</summary>
/// <remarks>
/// <para>Every stage is bounded, so memory does not grow with the source. One bad picture, line or folder costs itself: it
/// becomes a dead letter. What the index acknowledged is kept whatever happens; to go on after a stop, a crash or a
/// failure, run the same job again: what is in the index is not sent again.</para>
/// <para>A job object runs once. It does not dispose of the sink.</para>
/// </remarks>
/// <param name="source">What names the pictures.</param>
/// <param name="model">How they are encoded; must be the model of the sink's stamp.</param>
/// <param name="sink">Where they are written.</param>
/// <param name="options">How to work.</param>
/// <param name="fetcher">Fetches pictures named by URL, where the options allow it; null for one with the usual rules.</param>
/// <param name="time">The clock; null for the system's.</param>
public sealed class IndexingJob(
    IPictureSource source,
    IndexingModel model,
    IImageSink sink,
    IndexingOptions options,
    PictureFetcher? fetcher = null,
    TimeProvider? time = null)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly List<string> _notes = [];
    private volatile bool _leftOut;

    /// <summary>Runs the job to its end.</summary>
    /// <param name="progress">Told how far the job is, at the options' interval; null for nobody.</param>
    /// <param name="drain">Stops reading the source, finishes what was read, and completes the index.</param>
    /// <param name="abort">Stops at once; what was acknowledged is kept.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="SourceRefusedException">The source as a whole cannot be read.</exception>
    /// <exception cref="SinkUnavailableException">The index is down or full.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="abort"/> was asked for.</exception>
    public async Task<IndexingSummary> RunAsync(
        IProgress<IndexingProgress>? progress = null, CancellationToken drain = default, CancellationToken abort = default)
    {
        options.Validate();
        if (Path.GetFullPath(options.DeadLetterFile) == Path.GetFullPath(source.Name))
        {
            throw new ArgumentException($"The dead-letter file '{options.DeadLetterFile}' is the source itself; name another.");
        }

        if (PatchPooling.Refusal(model.Grid, sink.Stamp.PooledVectors) is { } refusal)
        {
            throw new ArgumentException(refusal);
        }

        abort.ThrowIfCancellationRequested();
        await using var letters = new DeadLetterWriter(options.DeadLetterFile);
        var report = new JobReport(source.Name, letters, _time);
        using var listing = new Listing(source, options.Shard, report);
        using var stopped = CancellationTokenSource.CreateLinkedTokenSource(abort);
        var reporting = progress is null ? Task.CompletedTask : ReportAsync(report, progress, stopped.Token);

        var drained = false;
        long pruned = 0;
        SinkSummary size;
        string? deadLetters;
        try
        {
            drained = !await FlowAsync(listing, report, letters, drain, abort);
            if (options.Prune && Pruning.Objection(options, listing, drained) is { } objection)
            {
                _notes.Add(objection);
            }
            else if (options.Prune)
            {
                pruned = await Pruning.RunAsync(sink, listing.Seen, abort);
            }

            size = await sink.CompleteAsync(abort);
            deadLetters = await letters.CompleteAsync();
        }
        finally
        {
            await stopped.CancelAsync();
            await reporting;
        }

        return Summarize(report, size, pruned, drained, deadLetters);
    }

    private IndexingSummary Summarize(JobReport report, SinkSummary size, long pruned, bool drained, string? deadLetters)
    {
        if (report.PassedOverNote() is { } passedOver)
        {
            _notes.Add(passedOver);
        }

        var seconds = report.Elapsed.TotalSeconds;
        return new IndexingSummary
        {
            Indexed = report.Indexed,
            Unchanged = report.Unchanged,
            Pruned = pruned,
            Failed = report.Failed,
            DeadLetters = deadLetters,
            Seconds = Math.Round(seconds, 3),
            PicturesPerSecond = seconds > 0 ? Math.Round((report.Indexed + report.Unchanged) / seconds, 1) : 0,
            BytesPerPicture = Math.Round(size.BytesPerPicture, 1),
            Generation = sink.Generation,
            Fingerprint = sink.Stamp.Fingerprint,
            Drained = drained,
            PassedOver = report.PassedOver,
            Notes = _notes,
        };
    }

    /// <summary>Sets all stages to work and waits for them; false where the listing was cut short by a drain.</summary>
    private async Task<bool> FlowAsync(
        Listing listing, JobReport report, DeadLetterWriter letters, CancellationToken drain, CancellationToken abort)
    {
        using var stages = new StageGroup(abort);
        var stop = stages.Stop;
        using var ownFetcher = options.AllowUrls && fetcher is null ? new PictureFetcher() : null;
        var budget = new ByteBudget(options.BufferBytes);
        var loader = new PictureLoader(options, budget, fetcher ?? ownFetcher);
        var writer = new SinkWriter(sink, options, report, _time);
        var entries = Channel.CreateBounded<PictureEntry>(new BoundedChannelOptions(256) { SingleWriter = true });
        var loaded = Channel.CreateBounded<LoadedPicture>(new BoundedChannelOptions(256) { SingleReader = true });
        var changed = Channel.CreateBounded<LoadedPicture>(new BoundedChannelOptions(256) { SingleWriter = true });

        var whole = true;
        stages.Start(async () => whole = await listing.RunAsync(entries.Writer, drain, stop), () => entries.Writer.TryComplete());
        stages.Start(options.Readers, () => LoadAsync(loader, entries.Reader, loaded.Writer, report, drain, stop), () => loaded.Writer.TryComplete());
        stages.Start(() => Ledger.FilterAsync(loaded.Reader, changed.Writer, sink, report, stop), () => changed.Writer.TryComplete());
        stages.StartThreads(
            options.Concurrency,
            () => new EncodingWorker(model, sink.Stamp, options, report)
                .Run(changed.Reader, picture => writer.SendAsync(picture, stop), stop),
            writer.NoMore);
        stages.Start(options.Writers, () => writer.RunAsync(stop), () => { });
        await stages.WhenAllAsync(letters.Writing);
        return whole && !_leftOut;
    }

    private async Task LoadAsync(
        PictureLoader loader,
        ChannelReader<PictureEntry> entries,
        ChannelWriter<LoadedPicture> loaded,
        JobReport report,
        CancellationToken drain,
        CancellationToken stop)
    {
        await foreach (var entry in entries.ReadAllAsync(stop))
        {
            if (drain.IsCancellationRequested)
            {
                _leftOut = true;        // named and not yet read: the next run's
                continue;
            }

            try
            {
                await loaded.WriteAsync(await loader.LoadAsync(entry, stop), stop);
            }
            catch (PictureUnreadException problem)
            {
                await report.FailAsync(entry, problem.Code, problem.Message, stop);
            }
        }
    }

    private async Task ReportAsync(JobReport report, IProgress<IndexingProgress> progress, CancellationToken ended)
    {
        var total = CountAsync(ended);
        await new ProgressReporter(report, progress, total, options.ProgressInterval, _time).RunAsync(ended);
        await Task.WhenAny(total);      // a count that failed is no failure of the job
    }

    private Task<long?> CountAsync(CancellationToken ended) => Task.Run(
        async () => await source.CountAsync(ended) is { } count ? count / options.Shard.Count : (long?)null, ended);
}

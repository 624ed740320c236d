using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Filip.Rerank.Experiments;

/// <summary>Appends lines to the event file, one writer for all requests.</summary>
/// <remarks>
/// Lines that arrive together are written and flushed to the disk together. A file that fails costs the lines at hand, never a
/// search: the next lines open it anew. Bounded: with too much waiting, further lines are dropped and counted.
/// </remarks>
internal sealed class EventLog : IAsyncDisposable
{
    private const int Waiting = 10_000;
    private const int MostBytesAtOnce = 1 << 20;

    /// <summary>A disk that hangs must not hold callers for ever.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly Func<Stream> _open;
    private readonly ILogger<EventLog> _logger;
    private readonly Channel<Entry> _entries = Channel.CreateBounded<Entry>(
        new BoundedChannelOptions(Waiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly Task _writing;
    private Stream? _stream;

    /// <summary>Begins to write.</summary>
    /// <param name="first">The stream that lines are appended to; disposed here.</param>
    /// <param name="open">Opens it anew after a failure.</param>
    /// <param name="logger">Told of failures.</param>
    public EventLog(Stream first, Func<Stream> open, ILogger<EventLog> logger)
    {
        _open = open;
        _logger = logger;
        _stream = first;
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Lines nobody waits for.</summary>
    /// <param name="lines">Whole lines with their ends.</param>
    /// <param name="count">How many.</param>
    public void Post(ReadOnlyMemory<byte> lines, int count)
    {
        if (!_entries.Writer.TryWrite(new Entry(lines, count, null)))
        {
            ExperimentTelemetry.Lines(count, "dropped");
        }
    }

    /// <summary>Lines that are on the disk when this comes back.</summary>
    /// <returns>False where they could not be written, or not in time.</returns>
    public async Task<bool> AppendAsync(ReadOnlyMemory<byte> lines, int count, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_entries.Writer.TryWrite(new Entry(lines, count, done)))
        {
            ExperimentTelemetry.Lines(count, "dropped");
            return false;
        }

        try
        {
            return await done.Task.WaitAsync(s_patience, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Writes what waits, then closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _entries.Writer.TryComplete();
        await _writing.ConfigureAwait(false);
    }

    private async Task WriteAsync()
    {
        List<Entry> together = [];
        while (await _entries.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            together.Clear();
            var bytes = 0;
            while (bytes < MostBytesAtOnce && _entries.Reader.TryRead(out var entry))
            {
                together.Add(entry);
                bytes += entry.Lines.Length;
            }

            var written = TryWrite(together);
            ExperimentTelemetry.Lines(together.Sum(entry => entry.Count), written ? "written" : "failed");
            together.ForEach(entry => entry.Done?.TrySetResult(written));
        }

        Close();
    }

    private bool TryWrite(List<Entry> together)
    {
        try
        {
            _stream ??= _open();
            foreach (var entry in together)
            {
                _stream.Write(entry.Lines.Span);
            }

            if (_stream is FileStream file)
            {
                file.Flush(flushToDisk: true);
            }
            else
            {
                _stream.Flush();
            }

            return true;
        }
        catch (Exception failure)
        {
            // Whatever the disk does, the service goes on; callers who wait are told.
            _logger.EventsNotWritten(failure);
            Close();
            return false;
        }
    }

    private void Close()
    {
        try
        {
            _stream?.Dispose();
        }
        catch (Exception failure)
        {
            // A full disk refuses the last bytes once more; they were reported lost before.
            _logger.EventsNotWritten(failure);
        }

        _stream = null;
    }

    private sealed record Entry(ReadOnlyMemory<byte> Lines, int Count, TaskCompletionSource<bool>? Done);
}

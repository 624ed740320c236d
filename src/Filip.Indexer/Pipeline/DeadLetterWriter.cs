using System.Text.Json;
using System.Threading.Channels;

namespace Filip.Indexer.Pipeline;

/// <summary>Writes the dead-letter file: one JSON line each, on the disk before the job says it is done.</summary>
/// <remarks>The file of an earlier job is replaced; without dead letters there is none. Letters that come together share one fsync.</remarks>
internal sealed class DeadLetterWriter : IAsyncDisposable
{
    private readonly string _file;
    private readonly Channel<DeadLetter> _letters = Channel.CreateBounded<DeadLetter>(
        new BoundedChannelOptions(256) { SingleReader = true });

    private readonly Task _writing;
    private long _count;

    /// <summary>Starts a job's file.</summary>
    public DeadLetterWriter(string file)
    {
        _file = Path.GetFullPath(file);
        File.Delete(_file);             // what an earlier job could not index is no news of this one
        _writing = Task.Run(WriteAllAsync);
    }

    /// <summary>How many there were.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Ends with an exception where the file cannot be written, a full disk among the reasons.</summary>
    public Task Writing => _writing;

    /// <summary>Takes a letter; waits where the disk is slower than the failures.</summary>
    public async ValueTask AddAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        await _letters.Writer.WriteAsync(letter, cancellationToken);
        Interlocked.Increment(ref _count);
    }

    /// <summary>Returns when every letter is on the disk: the file, or null where there were none.</summary>
    public async Task<string?> CompleteAsync()
    {
        _letters.Writer.TryComplete();
        await _writing;
        return Count == 0 ? null : _file;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _letters.Writer.TryComplete();
        await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task WriteAllAsync()
    {
        try
        {
            if (!await _letters.Reader.WaitToReadAsync())
            {
                return;
            }

            if (Path.GetDirectoryName(_file) is { Length: > 0 } folder)
            {
                Directory.CreateDirectory(folder);
            }

            await using var stream = new FileStream(_file, FileMode.Create, FileAccess.Write, FileShare.Read);
            do
            {
                while (_letters.Reader.TryRead(out var letter))
                {
                    await JsonSerializer.SerializeAsync(stream, letter, IndexingJson.Default.DeadLetter);
                    stream.WriteByte((byte)'\n');
                }

                stream.Flush(flushToDisk: true);
            }
            while (await _letters.Reader.WaitToReadAsync());
        }
        catch (Exception problem)
        {
            _letters.Writer.TryComplete(problem);       // whoever reports next learns of it
            throw;
        }
    }
}

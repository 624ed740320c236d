using System.Threading.Channels;
using Filip.Indexer.Sources;

namespace Filip.Indexer.Pipeline;

/// <summary>An encoded picture with what its source said of it, for the dead letter should the index refuse it.</summary>
internal readonly record struct EncodedPicture(PictureEntry Entry, ImageDocument Document);

/// <summary>Gathers encoded pictures into writes; several writers overlap theirs.</summary>
internal sealed class SinkWriter(IImageSink sink, IndexingOptions options, JobReport report, TimeProvider time)
{
    /// <summary>Bytes of encoded pictures that may wait to be written.</summary>
    public const long BufferBytes = 64_000_000;

    /// <summary>A write is sent when it is this large, however few its pictures are; Elasticsearch likes 5 to 15 MB.</summary>
    private const long MostBytes = 8_000_000;

    /// <summary>How long a write waits for more pictures.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(500);

    private readonly ByteBudget _budget = new(BufferBytes);
    private readonly Channel<EncodedPicture> _pictures = Channel.CreateBounded<EncodedPicture>(4096);

    /// <summary>Takes a picture; waits while too much is on its way.</summary>
    public async ValueTask SendAsync(EncodedPicture picture, CancellationToken cancellationToken)
    {
        await _budget.AcquireAsync(SizeOf(picture), cancellationToken);
        await _pictures.Writer.WriteAsync(picture, cancellationToken);
    }

    /// <summary>Says that no more pictures will come.</summary>
    public void NoMore() => _pictures.Writer.TryComplete();

    /// <summary>Works until there are no more pictures; several at once.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var batch = new List<EncodedPicture>(options.WriteBatch);
        while (await _pictures.Reader.WaitToReadAsync(cancellationToken))
        {
            await GatherAsync(batch, cancellationToken);
            if (batch.Count > 0)
            {
                await WriteAsync(batch, cancellationToken);
                batch.Clear();
            }
        }
    }

    private static long SizeOf(EncodedPicture picture) =>
        picture.Document.PatchRecord.Length + (sizeof(float) * picture.Document.Pooled.Length);

    private async Task GatherAsync(List<EncodedPicture> batch, CancellationToken cancellationToken)
    {
        var patience = Task.Delay(s_patience, time, cancellationToken);
        long bytes = 0;
        while (batch.Count < options.WriteBatch && bytes < MostBytes)
        {
            if (_pictures.Reader.TryRead(out var picture))
            {
                batch.Add(picture);
                bytes += SizeOf(picture);
                continue;
            }

            var more = _pictures.Reader.WaitToReadAsync(cancellationToken).AsTask();
            if (await Task.WhenAny(more, patience) != more || !await more)
            {
                return;
            }
        }
    }

    private async Task WriteAsync(List<EncodedPicture> batch, CancellationToken cancellationToken)
    {
        var outcomes = await sink.WriteAsync(batch.ConvertAll(picture => picture.Document), cancellationToken);
        if (outcomes.Count != batch.Count)
        {
            throw new InvalidOperationException(
                $"The index was sent {batch.Count} pictures and answered for {outcomes.Count}; nothing can be said of the rest.");
        }

        var written = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            _budget.Release(SizeOf(batch[i]));
            if (outcomes[i].Refusal is { } refusal)
            {
                await report.FailAsync(batch[i].Entry, DeadLetterCode.IndexRefused, refusal, cancellationToken);
            }
            else
            {
                written++;
            }
        }

        report.AddIndexed(written);
    }
}

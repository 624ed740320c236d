using System.Threading.Channels;
using Filip.Embeddings;
using Filip.Embeddings.Codecs;
using Filip.Embeddings.Pictures;
using Filip.Embeddings.Pooling;
using Filip.Embeddings.Towers;

namespace Filip.Indexer.Pipeline;

/// <summary>Decodes its own pictures into its own tensor, and calls the tower with them.</summary>
/// <remarks>
/// One worker a core does both, so that cores neither wait for each other nor are asked for twice, and no tensor changes
/// hands: a worker has one, reused for every batch. It runs on a thread of its own, because it never gives one back.
/// </remarks>
internal sealed class EncodingWorker(IndexingModel model, IndexStamp stamp, IndexingOptions options, JobReport report)
{
    /// <summary>Batches in a row of which no picture could be encoded, after which the tower, not the pictures, is to blame.</summary>
    private const int MostLostBatches = 4;

    private readonly float[] _tensor = new float[(long)options.BatchSize * model.Encoder.PixelsPerPicture];
    private readonly List<LoadedPicture> _batch = new(options.BatchSize);
    private int _lostBatches;

    /// <summary>Works until there are no more pictures.</summary>
    public void Run(
        ChannelReader<LoadedPicture> pictures, Func<EncodedPicture, ValueTask> send, CancellationToken cancellationToken)
    {
        try
        {
            while (Wait(pictures.WaitToReadAsync(cancellationToken)))
            {
                while (_batch.Count < options.BatchSize && pictures.TryRead(out var picture))
                {
                    Prepare(picture, cancellationToken);
                }

                if (_batch.Count == options.BatchSize)
                {
                    Encode(send, cancellationToken);
                }
            }

            Encode(send, cancellationToken);
        }
        finally
        {
            _batch.ForEach(picture => picture.Dispose());
        }
    }

    private static bool Wait(ValueTask<bool> task) => task.IsCompleted ? task.Result : task.AsTask().GetAwaiter().GetResult();

    private Memory<float> TensorOf(int place) =>
        _tensor.AsMemory(place * model.Encoder.PixelsPerPicture, model.Encoder.PixelsPerPicture);

    private void Prepare(LoadedPicture picture, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            model.Preprocessor.Prepare(PictureDecoder.Decode(picture.Bytes), TensorOf(_batch.Count).Span);
            _batch.Add(picture);
        }
        catch (PictureRefusedException refusal)
        {
            Fail(picture, refusal.Code, refusal.Message, cancellationToken);
        }
        catch (Exception problem)
        {
            // One bad picture costs one picture, whatever it does to the decoder.
            Fail(picture, DeadLetterCode.PictureFailed, $"Decoding failed ({problem.GetType().Name}): {problem.Message}", cancellationToken);
        }
        finally
        {
            picture.Dispose();          // the entry and the hash stay; the bytes are not needed again
        }
    }

    private void Encode(Func<EncodedPicture, ValueTask> send, CancellationToken cancellationToken)
    {
        if (_batch.Count == 0)
        {
            return;
        }

        IReadOnlyList<PictureEmbedding>? embeddings = null;
        try
        {
            embeddings = Call(_tensor.AsMemory(0, _batch.Count * model.Encoder.PixelsPerPicture), _batch.Count, cancellationToken);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            EncodeOneByOne(send, cancellationToken);
        }

        if (embeddings is not null)
        {
            _lostBatches = 0;
            for (var i = 0; i < _batch.Count; i++)
            {
                Send(_batch[i], embeddings[i], send, cancellationToken);
            }
        }

        _batch.Clear();
    }

    private void EncodeOneByOne(Func<EncodedPicture, ValueTask> send, CancellationToken cancellationToken)
    {
        Exception? last = null;
        var encoded = 0;
        for (var i = 0; i < _batch.Count; i++)
        {
            try
            {
                var embedding = Call(TensorOf(i), 1, cancellationToken)[0];
                encoded++;
                Send(_batch[i], embedding, send, cancellationToken);
            }
            catch (Exception problem) when (problem is not (OperationCanceledException or SinkUnavailableException))
            {
                last = problem;
                Fail(_batch[i], DeadLetterCode.EncodingFailed, $"The image tower failed on this picture: {problem.Message}", cancellationToken);
            }
        }

        _lostBatches = encoded > 0 ? 0 : _lostBatches + 1;
        if (_lostBatches == MostLostBatches && last is not RefusedInputException)
        {
            throw new InvalidOperationException(
                $"The image tower failed on {MostLostBatches} batches in a row, on every picture of them; the last time: {last?.Message} "
                + "Check the model folder and the device, then run again.", last);
        }
    }

    private IReadOnlyList<PictureEmbedding> Call(ReadOnlyMemory<float> pixels, int count, CancellationToken cancellationToken)
    {
        var call = model.Encoder.EncodeAsync(pixels, count, cancellationToken);
        var embeddings = call.IsCompleted ? call.Result : call.AsTask().GetAwaiter().GetResult();
        return embeddings.Count == count
            ? embeddings
            : throw new InvalidOperationException($"The image tower was given {count} pictures and answered {embeddings.Count}.");
    }

    private void Send(
        LoadedPicture picture, PictureEmbedding embedding, Func<EncodedPicture, ValueTask> send, CancellationToken cancellationToken)
    {
        if (Problem(embedding) is { } problem)
        {
            Fail(picture, DeadLetterCode.EncodingFailed, problem, cancellationToken);
            return;
        }

        byte[] record;
        EmbeddingMatrix? centroids;
        try
        {
            centroids = PatchPooling.Of(embedding.Patches, model.Grid, stamp.PooledVectors);
            record = PatchRecord.Encode(embedding.Patches, stamp.Codec, model.Grid, stamp.Fingerprint);
        }
        catch (ArgumentException refusal)
        {
            Fail(picture, DeadLetterCode.EncodingFailed, refusal.Message, cancellationToken);
            return;
        }

        Finish(send(new EncodedPicture(picture.Entry, new ImageDocument
        {
            Id = picture.Entry.Id,
            ContentHash = picture.ContentHash,
            Pooled = embedding.Pooled,
            Centroids = centroids,
            PatchRecord = record,
            Path = picture.Entry.Path,
            Caption = picture.Entry.Caption,
            Attributes = picture.Entry.Attributes,
        })));
    }

    private string? Problem(PictureEmbedding embedding)
    {
        var pooled = embedding.Pooled.Span;
        if (embedding.Patches.Dimension != stamp.PatchDimension || pooled.Length != stamp.PooledDimension)
        {
            return $"The image tower gave patches of {embedding.Patches.Dimension} and a pooled vector of {pooled.Length} values; "
                + $"the index holds {stamp.PatchDimension} and {stamp.PooledDimension}.";
        }

        if (Finite.IndexOfNonFinite(pooled) >= 0)
        {
            return "The image tower gave a pooled vector with NaN or infinity.";
        }

        var norm = System.Numerics.Tensors.TensorPrimitives.Norm(pooled);
        return Math.Abs(norm - 1) <= 1e-2 ? null : $"The image tower gave a pooled vector of length {norm}; expected 1.";
    }

    private void Fail(LoadedPicture picture, string code, string reason, CancellationToken cancellationToken) =>
        Finish(report.FailAsync(picture.Entry, code, reason, cancellationToken));

    private static void Finish(ValueTask task)
    {
        if (task.IsCompleted)
        {
            task.GetAwaiter().GetResult();
        }
        else
        {
            task.AsTask().GetAwaiter().GetResult();
        }
    }
}

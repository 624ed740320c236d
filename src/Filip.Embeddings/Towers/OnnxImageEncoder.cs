using System.Runtime.InteropServices;
using Filip.Embeddings.Models;
using Microsoft.ML.OnnxRuntime;

namespace Filip.Embeddings.Towers;

/// <summary>The image tower in ONNX Runtime; made by <see cref="ModelFolder.OpenImageTower"/>.</summary>
/// <remarks>
/// <para>Any number of threads may call; <see cref="TowerOptions.Callers"/> runs go at once.</para>
/// <para>A picture's vectors do not depend on its batch: rows and pooled vectors are settled a picture at a time.</para>
/// </remarks>
public sealed class OnnxImageEncoder : IImageEncoder, IDisposable
{
    private readonly ImageTowerFacts _facts;
    private readonly PoolingSource _pooling;
    private readonly int _pooledDimension;
    private readonly TowerSession _rows;
    private readonly TowerSession? _pooled;
    private readonly int? _fixedBatch;
    private readonly SemaphoreSlim _gate;

    internal OnnxImageEncoder(ModelManifest manifest, TowerSession rows, TowerSession? pooled, TowerOptions options)
    {
        _facts = manifest.Image;
        _pooling = manifest.Pooling;
        _pooledDimension = manifest.PooledDimension;
        _rows = rows;
        _pooled = pooled;
        TowerContract.Demand(_facts.File, TowerContract.FaultsOf(_facts, rows.Signature, pooled?.Signature, _pooledDimension));
        _fixedBatch = TowerContract.FixedBatch(rows.Signature, _facts.Input);
        if (pooled is not null && TowerContract.FixedBatch(pooled.Signature, _facts.Input) != _fixedBatch)
        {
            throw new InvalidDataException($"'{_facts.File}' and '{_facts.PooledFile}' take different batches; export both with a free first side.");
        }

        _gate = new SemaphoreSlim(options.Callers, options.Callers);
        PixelsPerPicture = 3 * _facts.Preprocessing.Width * _facts.Preprocessing.Height;
    }

    /// <inheritdoc/>
    public int PixelsPerPicture { get; }

    /// <summary>What the tower runs on: <c>CPU</c> or <c>CUDA</c>.</summary>
    public string ExecutionProvider => _rows.ExecutionProvider;

    /// <summary>The batch that the tower insists on, or null where it takes any.</summary>
    public int? FixedBatch => _fixedBatch;

    /// <summary>One sentence on why the device is another than was wished for, or null.</summary>
    public string? Notice => _rows.Notice;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The number of values is not that of <paramref name="count"/> pictures.</exception>
    /// <exception cref="RefusedInputException">One picture's pixels or vectors hold NaN or infinity, or have no direction; it says which.</exception>
    public async ValueTask<IReadOnlyList<PictureEmbedding>> EncodeAsync(
        ReadOnlyMemory<float> pixels, int count, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        if (pixels.Length != (long)count * PixelsPerPicture)
        {
            throw new ArgumentException(
                $"{count} pictures of 3 x {_facts.Preprocessing.Height} x {_facts.Preprocessing.Width} have "
                + $"{(long)count * PixelsPerPicture} values, got {pixels.Length}.", nameof(pixels));
        }

        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // A run holds its thread for milliseconds; the caller's stays free to decode.
            return await Task.Run(() => Encode(pixels, count), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rows.Dispose();
        _pooled?.Dispose();
        _gate.Dispose();
    }

    internal PictureEmbedding[] Encode(ReadOnlyMemory<float> pixels, int count)
    {
        var bad = Finite.IndexOfNonFinite(pixels.Span);
        if (bad >= 0)
        {
            var item = bad / PixelsPerPicture;
            throw new RefusedInputException(item,
                $"Picture {item} of the batch: pixel value {bad % PixelsPerPicture} is {pixels.Span[bad]}; every value must be finite.");
        }

        var answers = new PictureEmbedding[count];
        var step = _fixedBatch ?? count;
        for (var start = 0; start < count; start += step)
        {
            var here = Math.Min(step, count - start);
            var slice = pixels.Slice(start * PixelsPerPicture, here * PixelsPerPicture);
            EncodeAtOnce(here == step ? slice : FilledUp(slice, step), step, answers.AsSpan(start, here), start);
        }

        return answers;
    }

    // A tower traced with a batch of k takes k and nothing else: the last ones are filled with copies of zeros.
    private ReadOnlyMemory<float> FilledUp(ReadOnlyMemory<float> pixels, int batch)
    {
        var full = new float[batch * PixelsPerPicture];
        pixels.Span.CopyTo(full);
        return full;
    }

    private void EncodeAtOnce(ReadOnlyMemory<float> pixels, int batch, Span<PictureEmbedding> answers, int firstItem)
    {
        var allRows = _facts.LeadingTokens + _facts.Rows;
        using var input = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance,
            MemoryMarshal.AsMemory(pixels),         // read only: no run writes to an input
            [batch, 3, _facts.Preprocessing.Height, _facts.Preprocessing.Width]);
        using var rows = new TensorBuffer(batch, allRows, _facts.Dimension);
        using var pooled = new TensorBuffer(batch, _pooledDimension);
        switch (_pooling)
        {
            case PoolingSource.ModelOutput:
                _rows.Run([_facts.Input], [input], [_facts.PatchesOutput, _facts.PooledOutput!], [rows.Value, pooled.Value]);
                break;
            case PoolingSource.Separate:
                _rows.Run([_facts.Input], [input], [_facts.PatchesOutput], [rows.Value]);
                _pooled!.Run([_facts.Input], [input], [_facts.PooledOutput!], [pooled.Value]);
                break;
            default:
                _rows.Run([_facts.Input], [input], [_facts.PatchesOutput], [rows.Value]);
                break;
        }

        for (var i = 0; i < answers.Length; i++)
        {
            var patches = rows.Item(i, allRows * _facts.Dimension)[(_facts.LeadingTokens * _facts.Dimension)..].ToArray();
            var vector = pooled.Item(i, _pooledDimension).ToArray();
            var fault = RowRules.Settle(patches, _facts.Dimension, _facts.RowsUnitLength)
                ?? RowRules.SettlePooled(_pooling, patches, vector);
            if (fault is not null)
            {
                throw new RefusedInputException(firstItem + i,
                    $"Picture {firstItem + i} of the batch cannot be encoded: of the image tower's answer {fault}. "
                    + "Leave the picture out, and look at it and at the model ('filip model check').");
            }

            answers[i] = new PictureEmbedding(new EmbeddingMatrix(patches, _facts.Dimension), vector);
        }
    }
}

using Filip.Embeddings.Models;
using Filip.Embeddings.Tokenizers;

namespace Filip.Embeddings.Towers;

/// <summary>The text tower in ONNX Runtime; made by <see cref="ModelFolder.OpenTextTower"/>.</summary>
/// <remarks>
/// <para>Any number of threads may call; <see cref="TowerOptions.Callers"/> runs go at once.</para>
/// <para>
/// A text's vectors do not depend on its batch: texts of one length run together, so that none is padded to a
/// neighbour's; only a tower of fixed length gets padding, and always the same. Padding is known by length, never by
/// id, and its rows are dropped.
/// </para>
/// </remarks>
public sealed class OnnxTextEncoder : ITextEncoder, IDisposable
{
    private const int MostAtOnce = 64;

    private readonly TextTowerFacts _facts;
    private readonly PoolingSource _pooling;
    private readonly int _dimension;
    private readonly int _pooledDimension;
    private readonly Tokenizer _tokenizer;
    private readonly TowerSession _rows;
    private readonly TowerSession? _pooled;
    private readonly string[] _inputNames;
    private readonly int? _fixedBatch;
    private readonly SemaphoreSlim _gate;

    internal OnnxTextEncoder(
        ModelManifest manifest, Tokenizer tokenizer, TowerSession rows, TowerSession? pooled, TowerOptions options)
    {
        _facts = manifest.Text;
        _pooling = manifest.Pooling;
        _dimension = manifest.PatchDimension;
        _pooledDimension = manifest.PooledDimension;
        _tokenizer = tokenizer;
        _rows = rows;
        _pooled = pooled;
        TowerContract.Demand(
            _facts.File, TowerContract.FaultsOf(_facts, rows.Signature, pooled?.Signature, _dimension, _pooledDimension));
        _inputNames = [.. new[] { _facts.IdsInput, _facts.MaskInput, _facts.SegmentInput }.OfType<string>()];
        _fixedBatch = TowerContract.FixedBatch(rows.Signature, _facts.IdsInput);
        if (pooled is not null && TowerContract.FixedBatch(pooled.Signature, _facts.IdsInput) != _fixedBatch)
        {
            throw new InvalidDataException($"'{_facts.File}' and '{_facts.PooledFile}' take different batches; export both with a free first side.");
        }

        _gate = new SemaphoreSlim(options.Callers, options.Callers);
    }

    /// <summary>What the tower runs on: <c>CPU</c> or <c>CUDA</c>.</summary>
    public string ExecutionProvider => _rows.ExecutionProvider;

    /// <summary>The batch that the tower insists on, or null where it takes any.</summary>
    public int? FixedBatch => _fixedBatch;

    /// <summary>One sentence on why the device is another than was wished for, or null.</summary>
    public string? Notice => _rows.Notice;

    /// <inheritdoc/>
    /// <exception cref="RefusedInputException">One text leaves no token that counts (an empty one still has start and end token, where those count), or its vectors are not finite; it says which.</exception>
    public async ValueTask<IReadOnlyList<TextEmbedding>> EncodeAsync(
        IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfZero(texts.Count, nameof(texts));
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => Encode(texts, cancellationToken), cancellationToken).ConfigureAwait(false);
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

    internal TextEmbedding[] Encode(IReadOnlyList<string> texts, CancellationToken cancellationToken = default)
    {
        var tokenized = new TokenizedText[texts.Count];
        for (var i = 0; i < texts.Count; i++)
        {
            tokenized[i] = _tokenizer.Encode(texts[i] ?? throw new ArgumentNullException(nameof(texts), $"Text {i} is null."), _facts.Context);
            if (!tokenized[i].Labels.Any(Counts))
            {
                throw new RefusedInputException(i,
                    $"Text {i} of the batch leaves no token to search with: it holds nothing that the model's vocabulary "
                    + "takes for a word, and the model's start and end token do not count. Give it at least one word.");
            }
        }

        var answers = new TextEmbedding[texts.Count];
        var groups = Enumerable.Range(0, texts.Count).GroupBy(i => _facts.FixedLength ? _facts.Context : tokenized[i].Labels.Count);
        foreach (var group in groups)
        {
            foreach (var chunk in group.Chunk(_fixedBatch ?? MostAtOnce))
            {
                cancellationToken.ThrowIfCancellationRequested();
                EncodeAtOnce(texts, tokenized, chunk, group.Key, answers);
            }
        }

        return answers;
    }

    private bool Counts(TokenLabel label) => _facts.CountSpecialTokens || label.Word >= 0;

    private void EncodeAtOnce(
        IReadOnlyList<string> texts, TokenizedText[] tokenized, int[] items, int length, TextEmbedding[] answers)
    {
        var batch = _fixedBatch ?? items.Length;
        using var inputs = new TextInputs(_inputNames, _facts, _rows.Signature, batch, length);
        for (var i = 0; i < batch; i++)
        {
            // Where the tower insists on a larger batch, the last text fills it.
            inputs.Fill(i, tokenized[items[Math.Min(i, items.Length - 1)]].Labels, _tokenizer.PadId);
        }

        using var rows = new TensorBuffer(batch, length, _dimension);
        using var pooled = new TensorBuffer(batch, _pooledDimension);
        switch (_pooling)
        {
            case PoolingSource.ModelOutput:
                _rows.Run(_inputNames, inputs.Values, [_facts.TokensOutput, _facts.PooledOutput!], [rows.Value, pooled.Value]);
                break;
            case PoolingSource.Separate:
                _rows.Run(_inputNames, inputs.Values, [_facts.TokensOutput], [rows.Value]);
                _pooled!.Run(_inputNames, inputs.Values, [_facts.PooledOutput!], [pooled.Value]);
                break;
            default:
                _rows.Run(_inputNames, inputs.Values, [_facts.TokensOutput], [rows.Value]);
                break;
        }

        for (var i = 0; i < items.Length; i++)
        {
            var labels = tokenized[items[i]].Labels;
            answers[items[i]] = Settle(
                items[i], texts[items[i]], labels, rows.Item(i, length * _dimension), pooled.Item(i, _pooledDimension).ToArray());
        }
    }

    private TextEmbedding Settle(int item, string text, IReadOnlyList<TokenLabel> labels, ReadOnlySpan<float> rows, float[] pooled)
    {
        IReadOnlyList<TokenLabel> kept = _facts.CountSpecialTokens ? labels : [.. labels.Where(Counts)];
        var tokens = new float[kept.Count * _dimension];
        var next = 0;
        for (var t = 0; t < labels.Count; t++)
        {
            if (Counts(labels[t]))
            {
                rows.Slice(t * _dimension, _dimension).CopyTo(tokens.AsSpan(next++ * _dimension));
            }
        }

        var fault = RowRules.Settle(tokens, _dimension, _facts.RowsUnitLength) ?? RowRules.SettlePooled(_pooling, tokens, pooled);
        return fault is null
            ? new TextEmbedding(text, new EmbeddingMatrix(tokens, _dimension), pooled, kept)
            : throw new RefusedInputException(item,
                $"Text {item} of the batch cannot be encoded: of the text tower's answer {fault}. Run 'filip model check' on the folder.");
    }
}

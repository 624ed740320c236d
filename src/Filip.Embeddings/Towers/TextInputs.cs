using Filip.Embeddings.Models;
using Microsoft.ML.OnnxRuntime;

namespace Filip.Embeddings.Towers;

/// <summary>The inputs of one run of a text tower: ids, and mask and segments where it takes them.</summary>
internal sealed class TextInputs : IDisposable
{
    private readonly IdTensor _ids;
    private readonly IdTensor? _mask;
    private readonly IdTensor? _segments;
    private readonly int _length;

    /// <summary>Makes inputs of zeros, each in the type its tower wants.</summary>
    public TextInputs(IReadOnlyList<string> names, TextTowerFacts facts, TowerSignature signature, int batch, int length)
    {
        _length = length;
        var tensors = names.Select(name => new IdTensor(signature.Input(name)!.Type, batch, length)).ToList();
        _ids = tensors[0];
        _mask = facts.MaskInput is null ? null : tensors[1];
        _segments = facts.SegmentInput is null ? null : tensors[^1];
        Values = [.. tensors.Select(tensor => tensor.Value)];
    }

    /// <summary>The tensors, in the order of the names.</summary>
    public IReadOnlyList<OrtValue> Values { get; }

    /// <summary>Writes one text: its ids with mask 1, then padding with mask 0. The mask goes by length: a pad id may be a real token.</summary>
    public void Fill(int row, IReadOnlyList<TokenLabel> labels, int padId)
    {
        for (var t = 0; t < _length; t++)
        {
            _ids.Set(row, t, t < labels.Count ? labels[t].Id : padId);
            _mask?.Set(row, t, t < labels.Count ? 1 : 0);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ids.Dispose();
        _mask?.Dispose();
        _segments?.Dispose();
    }
}

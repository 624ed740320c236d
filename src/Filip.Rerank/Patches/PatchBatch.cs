namespace Filip.Rerank.Patches;

/// <summary>Patch records as bytes, valid until disposed (they may be slices of a mapped file or of a pooled buffer).</summary>
/// <remarks>A record's bytes have the layout of <see cref="Filip.Embeddings.Codecs"/>; an empty one says the picture is missing.</remarks>
public sealed class PatchBatch : IDisposable
{
    private readonly IDisposable? _owner;
    private readonly ReadOnlyMemory<byte>[] _records;

    /// <summary>Takes over the records and what keeps their memory alive.</summary>
    /// <param name="records">One record an id asked for, in that order; empty where missing.</param>
    /// <param name="owner">Released on dispose; null where the garbage collector owns the memory.</param>
    public PatchBatch(ReadOnlyMemory<byte>[] records, IDisposable? owner = null)
    {
        ArgumentNullException.ThrowIfNull(records);
        _records = records;
        _owner = owner;
    }

    /// <summary>How many ids were asked for.</summary>
    public int Count => _records.Length;

    /// <summary>The record of the id at this place of the question; empty where missing.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    public ReadOnlyMemory<byte> this[int index] => _records[index];

    internal ReadOnlyMemory<ReadOnlyMemory<byte>> Records => _records;

    /// <inheritdoc/>
    public void Dispose() => _owner?.Dispose();
}

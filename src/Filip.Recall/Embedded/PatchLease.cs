using Filip.Recall.Embedded.Internals;

namespace Filip.Recall.Embedded;

/// <summary>Patch records as slices of the mapped segments; the mapping lives until this is disposed.</summary>
public sealed class PatchLease : IDisposable
{
    private readonly SegmentMap[] _held;
    private int _disposed;

    internal PatchLease(ReadOnlyMemory<byte>[] records, IReadOnlyList<string> damaged, SegmentMap[] held)
    {
        Records = records;
        Damaged = damaged;
        _held = held;
    }

    /// <summary>One record an id asked for, in that order; empty where missing or damaged. Not to be read after Dispose.</summary>
    public ReadOnlyMemory<byte>[] Records { get; }

    /// <summary>Ids whose record is there but does not have its checksum; they are answered as missing.</summary>
    public IReadOnlyList<string> Damaged { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            foreach (var held in _held)
            {
                held.Release();
            }
        }
    }
}

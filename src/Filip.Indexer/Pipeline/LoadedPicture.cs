using System.Buffers;
using Filip.Indexer.Sources;

namespace Filip.Indexer.Pipeline;

/// <summary>A picture's bytes on their way to the decoder; gives its memory and its part of the budget back when disposed.</summary>
internal sealed class LoadedPicture(PictureEntry entry, byte[] buffer, long reserved, ByteBudget budget) : IDisposable
{
    private byte[]? _buffer = buffer;
    private int _length;

    /// <summary>What the source says of it.</summary>
    public PictureEntry Entry { get; } = entry;

    /// <summary>Hash of bytes and fields; see <see cref="Pipeline.ContentHash"/>.</summary>
    public string ContentHash { get; private set; } = "";

    /// <summary>Room for the bytes, to be filled before <see cref="Seal"/>.</summary>
    public byte[] Buffer => _buffer ?? throw new ObjectDisposedException(nameof(LoadedPicture));

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => Buffer.AsMemory(0, _length);

    /// <summary>Says how many bytes there are, and hashes them.</summary>
    public LoadedPicture Seal(int length)
    {
        _length = length;
        ContentHash = Pipeline.ContentHash.Of(Entry, Bytes.Span);
        return this;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } mine)
        {
            ArrayPool<byte>.Shared.Return(mine);
            budget.Release(reserved);
        }
    }
}

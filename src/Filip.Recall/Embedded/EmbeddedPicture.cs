using System.Text.Json;

namespace Filip.Recall.Embedded;

/// <summary>One picture as the embedded index keeps it.</summary>
public sealed record EmbeddedPicture
{
    /// <summary>The picture's id: 1 to 512 bytes of UTF-8, no lone surrogate.</summary>
    public required string Id { get; init; }

    /// <summary>Hash of the picture's bytes and of everything else that is stored with it.</summary>
    public required string ContentHash { get; init; }

    /// <summary>Unit-length pooled vector of the stamp's pooled dimension.</summary>
    public required ReadOnlyMemory<float> Pooled { get; init; }

    /// <summary>The patch record; opaque bytes here, 1 byte to 64 MiB.</summary>
    public required ReadOnlyMemory<byte> PatchRecord { get; init; }

    /// <summary>Where the picture was read from; null if unknown.</summary>
    public string? Path { get; init; }

    /// <summary>Text for the lexical leg; null if none.</summary>
    public string? Caption { get; init; }

    /// <summary>The user's own fields.</summary>
    public IReadOnlyDictionary<string, JsonElement> Attributes { get; init; } = new Dictionary<string, JsonElement>();
}

/// <summary>The size of an embedded index.</summary>
/// <param name="Pictures">How many pictures it holds.</param>
/// <param name="Bytes">Bytes of all its files on disk.</param>
public sealed record EmbeddedIndexSize(long Pictures, long Bytes)
{
    /// <summary>Bytes on disk a picture; 0 where there is none.</summary>
    public double BytesPerPicture => Pictures == 0 ? 0 : (double)Bytes / Pictures;
}

/// <summary>What the embedded index knows of one picture, for <c>filip inspect</c>.</summary>
/// <param name="Id">The picture's id.</param>
/// <param name="ContentHash">Its content hash.</param>
/// <param name="Fields">Path, caption and attributes.</param>
/// <param name="Generation">The generation it stands in.</param>
/// <param name="PooledLength">Length (L2) of the pooled vector; 1 within rounding where all is well.</param>
/// <param name="PooledPlace">Where the pooled vector lies.</param>
/// <param name="PatchPlace">Where the patch record lies.</param>
public sealed record EmbeddedPictureFacts(
    string Id, string ContentHash, PictureFields Fields, string Generation, double PooledLength,
    StoredPlace PooledPlace, StoredPlace PatchPlace);

/// <summary>A stretch of bytes in a segment file.</summary>
/// <param name="File">The segment file's name.</param>
/// <param name="Offset">First byte.</param>
/// <param name="Length">Number of bytes.</param>
/// <param name="Checksum">CRC32C that was stored with the row.</param>
/// <param name="Intact">Whether the bytes are there and have that checksum.</param>
public sealed record StoredPlace(string File, long Offset, int Length, uint Checksum, bool Intact);

/// <summary>The embedded index cannot be written or read: disk full, damaged, locked by another process, or refused by the system.</summary>
/// <param name="message">What was found and what to do.</param>
/// <param name="inner">The cause.</param>
public sealed class EmbeddedIndexException(string message, Exception? inner = null) : IOException(message, inner);

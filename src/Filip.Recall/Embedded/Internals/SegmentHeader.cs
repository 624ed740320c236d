using System.Buffers.Binary;
using System.Globalization;

namespace Filip.Recall.Embedded.Internals;

/// <summary>What a segment file holds.</summary>
internal enum SegmentKind : byte
{
    /// <summary>Pooled vectors: float32 rows of one dimension, back to back.</summary>
    Pooled = 1,

    /// <summary>Patch records, each beginning at a multiple of 16.</summary>
    Patches = 2,
}

/// <summary>The first 64 bytes of a segment file.</summary>
/// <remarks>
/// Little-endian: magic (8), version (u16), kind (u8), reserved (u8), number (u32), dimension (u32, 0 for patches),
/// fingerprint (8), CRC32C of what stands before it (u32), zeros up to 64. Number and fingerprint say which file of
/// which index this is, so that a stray or swapped file is refused.
/// </remarks>
internal readonly record struct SegmentHeader(SegmentKind Kind, int Number, int Dimension, ulong Fingerprint)
{
    public const int Length = 64;
    private const int Checked = 28;
    private const ushort Version = 1;

    private static ReadOnlySpan<byte> Magic => "FILIPSEG"u8;

    public string FileName => NameOf(Kind, Number);

    public static string NameOf(SegmentKind kind, int number) => string.Create(
        CultureInfo.InvariantCulture, $"{(kind == SegmentKind.Pooled ? "pooled" : "patches")}-{number:D6}.seg");

    /// <summary>The first 8 bytes of a fingerprint of hexadecimal digits; other texts give their checksum.</summary>
    public static ulong ShortFingerprint(string fingerprint) =>
        fingerprint.Length >= 16
        && ulong.TryParse(fingerprint.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? value
            : Checksum.Of(System.Text.Encoding.UTF8.GetBytes(fingerprint));

    public byte[] ToBytes()
    {
        var bytes = new byte[Length];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), Version);
        bytes[10] = (byte)Kind;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), Number);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), Dimension);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(20), Fingerprint);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(Checked), Checksum.Of(bytes.AsSpan(0, Checked)));
        return bytes;
    }

    /// <summary>Null where the bytes are this header; otherwise what is wrong with them.</summary>
    public string? Mismatch(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Length || !bytes[..8].SequenceEqual(Magic))
        {
            return "it does not begin as a segment file";
        }

        return bytes[..Length].SequenceEqual(ToBytes()) ? null : "its header is damaged or belongs to another segment";
    }
}

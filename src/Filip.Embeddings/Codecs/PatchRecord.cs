using System.Buffers.Binary;

namespace Filip.Embeddings.Codecs;

/// <summary>One picture's patches as self-describing bytes.</summary>
/// <remarks>
/// <para>Layout, little-endian: magic <c>FLPR</c> (4 bytes) · format version, 1 (1) · codec (1) · flags, 0 (2) · first 8
/// bytes of the model's fingerprint (8) · rows (u32) · grid width and height, 0 for none (u16, u16) · dimension (u32) ·
/// payload length (u32) · payload · CRC-32C of everything before (u32).</para>
/// <para>Payload: <c>f32</c> and <c>f16</c> are the rows; <c>int8</c> is one f32 scale a row, then rows of u8 (component + 128)
/// padded to a multiple of 4 with 128. Readers refuse what they do not know.</para>
/// </remarks>
public static class PatchRecord
{
    /// <summary>The layout this build writes and reads.</summary>
    public const byte FormatVersion = 1;

    /// <summary>Bytes before the payload.</summary>
    public const int HeaderLength = 32;

    /// <summary>Bytes after the payload.</summary>
    public const int ChecksumLength = 4;

    /// <summary>Most rows of a picture.</summary>
    public const int MaxRows = 65_535;

    /// <summary>Most values in a row.</summary>
    public const int MaxDimension = 65_535;

    /// <summary>Bytes of the fingerprint that a record carries.</summary>
    public const int FingerprintLength = 8;

    private const uint Magic = 0x52504C46; // "FLPR"

    /// <summary>Bytes of a record.</summary>
    /// <param name="codec">How the vectors are kept.</param>
    /// <param name="rows">Patches.</param>
    /// <param name="dimension">Values in a patch.</param>
    public static long EncodedLength(PatchCodec codec, int rows, int dimension) =>
        HeaderLength + PayloadLength(codec, rows, dimension) + ChecksumLength;

    /// <summary>Writes a record.</summary>
    /// <param name="patches">The patches.</param>
    /// <param name="codec">How to keep them.</param>
    /// <param name="grid">How they lie; <see cref="PatchGrid.None"/> for a model without a grid.</param>
    /// <param name="fingerprint">The model folder's fingerprint: at least 8 bytes, of which the first 8 are kept.</param>
    /// <exception cref="ArgumentException">The grid does not hold the rows, or a value does not fit the codec.</exception>
    public static byte[] Encode(EmbeddingMatrix patches, PatchCodec codec, PatchGrid grid, ReadOnlySpan<byte> fingerprint)
    {
        ArgumentNullException.ThrowIfNull(patches);
        if (!Enum.IsDefined(codec))
        {
            throw new ArgumentOutOfRangeException(nameof(codec), codec, "Expected f32, f16 or int8.");
        }

        if (!grid.Holds(patches.RowCount) || grid.Width > ushort.MaxValue || grid.Height > ushort.MaxValue)
        {
            throw new ArgumentException(
                $"A grid of {grid.Width} × {grid.Height} does not hold {patches.RowCount} patches. "
                + "Check the grid and the leading tokens to drop in model.json.", nameof(grid));
        }

        if (patches.RowCount > MaxRows || patches.Dimension > MaxDimension)
        {
            throw new ArgumentException(
                $"{patches.RowCount} patches of {patches.Dimension} values; a record holds at most {MaxRows} of {MaxDimension}.",
                nameof(patches));
        }

        if (fingerprint.Length < FingerprintLength)
        {
            throw new ArgumentException(
                $"Expected at least {FingerprintLength} bytes of fingerprint, got {fingerprint.Length}.", nameof(fingerprint));
        }

        var length = EncodedLength(codec, patches.RowCount, patches.Dimension);
        if (length > Array.MaxLength)
        {
            throw new ArgumentException($"The record would take {length} bytes; at most {Array.MaxLength} can be kept.", nameof(patches));
        }

        var bytes = new byte[length];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        bytes[4] = FormatVersion;
        bytes[5] = (byte)codec;
        fingerprint[..FingerprintLength].CopyTo(bytes.AsSpan(8));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(16), (uint)patches.RowCount);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(20), (ushort)grid.Width);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(22), (ushort)grid.Height);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(24), (uint)patches.Dimension);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(28), (uint)(length - HeaderLength - ChecksumLength));
        PatchRows.Encode(patches, codec, bytes.AsSpan(HeaderLength..^ChecksumLength));
        BinaryPrimitives.WriteUInt32LittleEndian(
            bytes.AsSpan(bytes.Length - ChecksumLength), Crc32C.Compute(bytes.AsSpan(..^ChecksumLength)));
        return bytes;
    }

    /// <summary>Writes a record for the model with this fingerprint.</summary>
    /// <param name="patches">The patches.</param>
    /// <param name="codec">How to keep them.</param>
    /// <param name="grid">How they lie.</param>
    /// <param name="fingerprint">Hexadecimal digits, at least 16, as in <see cref="IndexStamp.Fingerprint"/>.</param>
    public static byte[] Encode(EmbeddingMatrix patches, PatchCodec codec, PatchGrid grid, string fingerprint)
    {
        Span<byte> first = stackalloc byte[FingerprintLength];
        BinaryPrimitives.WriteUInt64LittleEndian(first, Fingerprint(fingerprint));
        return Encode(patches, codec, grid, first);
    }

    /// <summary>The part of a fingerprint that records carry, as <see cref="PatchRecordView.Fingerprint"/> gives it.</summary>
    /// <param name="fingerprint">Hexadecimal digits, at least 16.</param>
    public static ulong Fingerprint(string fingerprint)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        if (fingerprint.Length < 2 * FingerprintLength || !fingerprint.All(char.IsAsciiHexDigit))
        {
            throw new ArgumentException(
                $"Expected at least {2 * FingerprintLength} hexadecimal digits, got '{fingerprint}'.", nameof(fingerprint));
        }

        return BinaryPrimitives.ReadUInt64LittleEndian(Convert.FromHexString(fingerprint.AsSpan(0, 2 * FingerprintLength)));
    }

    /// <summary>Reads a record in place, without throwing and without allocating.</summary>
    /// <param name="bytes">Exactly one record.</param>
    /// <param name="view">The record where the answer is <see cref="PatchRecordProblem.None"/>.</param>
    /// <param name="verifyChecksum">Whether to read all of it for the checksum: on write, verify and fetch; not again while scoring.</param>
    /// <param name="fingerprint">The model's fingerprint to insist on; null takes any.</param>
    public static PatchRecordProblem TryRead(
        ReadOnlySpan<byte> bytes, out PatchRecordView view, bool verifyChecksum = true, ulong? fingerprint = null)
    {
        view = default;
        if (bytes.Length < HeaderLength + ChecksumLength)
        {
            return PatchRecordProblem.TooShort;
        }

        var codec = (PatchCodec)bytes[5];
        var rows = BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]);
        PatchGrid grid = new(BinaryPrimitives.ReadUInt16LittleEndian(bytes[20..]), BinaryPrimitives.ReadUInt16LittleEndian(bytes[22..]));
        var dimension = BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]);
        var owner = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
        var payload = bytes.Length - HeaderLength - ChecksumLength;
        var problem = BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic ? PatchRecordProblem.NotARecord
            : bytes[4] != FormatVersion ? PatchRecordProblem.UnknownVersion
            : codec is not (PatchCodec.F32 or PatchCodec.F16 or PatchCodec.Int8) ? PatchRecordProblem.UnknownCodec
            : BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]) != 0 ? PatchRecordProblem.UnknownFlags
            : rows is 0 or > MaxRows || dimension is 0 or > MaxDimension || !grid.Holds((int)rows) ? PatchRecordProblem.ImpossibleShape
            : PayloadLength(codec, (int)rows, (int)dimension) != payload
                || BinaryPrimitives.ReadUInt32LittleEndian(bytes[28..]) != payload ? PatchRecordProblem.WrongLength
            : verifyChecksum && BinaryPrimitives.ReadUInt32LittleEndian(bytes[^ChecksumLength..]) != Crc32C.Compute(bytes[..^ChecksumLength])
                ? PatchRecordProblem.WrongChecksum
            : fingerprint is { } expected && expected != owner ? PatchRecordProblem.ForeignModel
            : PatchRecordProblem.None;
        if (problem == PatchRecordProblem.None)
        {
            view = new(codec, (int)rows, (int)dimension, grid, owner, bytes[HeaderLength..^ChecksumLength]);
        }

        return problem;
    }

    /// <summary>Reads a record in place, or says why it cannot be read.</summary>
    /// <param name="bytes">Exactly one record.</param>
    /// <param name="verifyChecksum">Whether to read all of it for the checksum.</param>
    /// <param name="fingerprint">The model's fingerprint to insist on; null takes any.</param>
    /// <exception cref="PatchRecordException">The bytes are no sound record.</exception>
    public static PatchRecordView Read(ReadOnlySpan<byte> bytes, bool verifyChecksum = true, ulong? fingerprint = null)
    {
        var problem = TryRead(bytes, out var view, verifyChecksum, fingerprint);
        return problem == PatchRecordProblem.None
            ? view
            : throw new PatchRecordException(problem, PatchRecordText.Describe(problem, bytes));
    }

    internal static int RowBytes(PatchCodec codec, int dimension) => codec switch
    {
        PatchCodec.F32 => dimension * sizeof(float),
        PatchCodec.F16 => dimension * sizeof(ushort),
        _ => Int8Rows.Stride(dimension),
    };

    private static long PayloadLength(PatchCodec codec, int rows, int dimension) =>
        (long)rows * (RowBytes(codec, dimension) + (codec == PatchCodec.Int8 ? sizeof(float) : 0));
}

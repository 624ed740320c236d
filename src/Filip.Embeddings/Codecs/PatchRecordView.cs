using System.Runtime.InteropServices;

namespace Filip.Embeddings.Codecs;

/// <summary>A patch record, read in place: the header's facts and the payload's bytes.</summary>
/// <remarks>Made by <see cref="PatchRecord.TryRead"/> and <see cref="PatchRecord.Read"/>, which check the shape against the length.</remarks>
public readonly ref struct PatchRecordView
{
    private readonly ReadOnlySpan<byte> _payload;

    internal PatchRecordView(
        PatchCodec codec, int rows, int dimension, PatchGrid grid, ulong fingerprint, ReadOnlySpan<byte> payload)
    {
        Codec = codec;
        Rows = rows;
        Dimension = dimension;
        Grid = grid;
        Fingerprint = fingerprint;
        _payload = payload;
    }

    /// <summary>How the vectors are kept.</summary>
    public PatchCodec Codec { get; }

    /// <summary>Number of patches, at least 1.</summary>
    public int Rows { get; }

    /// <summary>Values in a patch.</summary>
    public int Dimension { get; }

    /// <summary>How the patches lie in the picture.</summary>
    public PatchGrid Grid { get; }

    /// <summary>The first 8 bytes of the model folder's fingerprint, as a little-endian number.</summary>
    public ulong Fingerprint { get; }

    /// <summary>Bytes from one row to the next.</summary>
    public int RowBytes => PatchRecord.RowBytes(Codec, Dimension);

    /// <summary>One scale a row for <see cref="PatchCodec.Int8"/>; empty otherwise.</summary>
    public ReadOnlySpan<float> Scales => Codec == PatchCodec.Int8
        ? MemoryMarshal.Cast<byte, float>(_payload[..(Rows * sizeof(float))])
        : default;

    /// <summary>The rows, one after the other, <see cref="RowBytes"/> each.</summary>
    public ReadOnlySpan<byte> Components => Codec == PatchCodec.Int8 ? _payload[(Rows * sizeof(float))..] : _payload;

    /// <summary>The patches as float32.</summary>
    /// <exception cref="PatchRecordException">A value is NaN or infinite.</exception>
    public EmbeddingMatrix Decode()
    {
        var values = new float[Rows * Dimension];
        PatchRows.Decode(this, values);
        try
        {
            return new EmbeddingMatrix(values, Dimension);
        }
        catch (ArgumentException error)
        {
            throw new PatchRecordException(
                PatchRecordProblem.NotFinite, $"{error.Message} Index the picture again.");
        }
    }
}

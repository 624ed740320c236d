using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Filip.Embeddings.Codecs;

/// <summary>Vectors to payload bytes and back, one branch a codec.</summary>
internal static class PatchRows
{
    public static void Encode(EmbeddingMatrix patches, PatchCodec codec, Span<byte> payload)
    {
        var values = patches.Values.Span;
        switch (codec)
        {
            case PatchCodec.F32:
                MemoryMarshal.AsBytes(values).CopyTo(payload);
                break;
            case PatchCodec.F16:
                var halves = MemoryMarshal.Cast<byte, Half>(payload);
                TensorPrimitives.ConvertToHalf(values, halves);
                RefuseOverflow(values, halves, patches.Dimension);
                break;
            default:
                EncodeInt8(patches, payload);
                break;
        }
    }

    public static void Decode(PatchRecordView record, Span<float> values)
    {
        switch (record.Codec)
        {
            case PatchCodec.F32:
                record.Components.CopyTo(MemoryMarshal.AsBytes(values));
                break;
            case PatchCodec.F16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(record.Components), values);
                break;
            default:
                DecodeInt8(record, values);
                break;
        }
    }

    private static void EncodeInt8(EmbeddingMatrix patches, Span<byte> payload)
    {
        var scales = MemoryMarshal.Cast<byte, float>(payload[..(patches.RowCount * sizeof(float))]);
        var components = payload[(patches.RowCount * sizeof(float))..];
        var stride = Int8Rows.Stride(patches.Dimension);
        components.Fill(Int8Rows.Bias);
        for (var row = 0; row < patches.RowCount; row++)
        {
            var stored = components.Slice(row * stride, patches.Dimension);
            scales[row] = Int8Rows.Quantise(patches.Row(row), MemoryMarshal.Cast<byte, sbyte>(stored));
            foreach (ref var component in stored)
            {
                // Adding 128 to a two's complement byte is turning its highest bit.
                component ^= Int8Rows.Bias;
            }
        }
    }

    private static void DecodeInt8(PatchRecordView record, Span<float> values)
    {
        var scales = record.Scales;
        for (var row = 0; row < record.Rows; row++)
        {
            var stored = record.Components.Slice(row * record.RowBytes, record.Dimension);
            var decoded = values.Slice(row * record.Dimension, record.Dimension);
            for (var i = 0; i < stored.Length; i++)
            {
                decoded[i] = (stored[i] - Int8Rows.Bias) * scales[row];
            }
        }
    }

    private static void RefuseOverflow(ReadOnlySpan<float> values, ReadOnlySpan<Half> halves, int dimension)
    {
        for (var i = 0; i < halves.Length; i++)
        {
            if (!Half.IsFinite(halves[i]))
            {
                throw new ArgumentException(
                    $"Value {i % dimension} of patch {i / dimension} is {values[i]}; f16 holds magnitudes up to {Half.MaxValue}. "
                    + "Choose codec f32, or normalise the rows.", nameof(values));
            }
        }
    }
}

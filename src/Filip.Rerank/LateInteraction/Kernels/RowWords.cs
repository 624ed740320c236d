using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Filip.Embeddings.Codecs;

namespace Filip.Rerank.LateInteraction.Kernels;

/// <summary>Stored rows as a kernel's words: in place where they are that already, else a chunk at a time into scratch that stays in cache.</summary>
internal static unsafe class RowWords
{
    /// <summary>True where the kernel reads the stored bytes as they are.</summary>
    public static bool InPlace(PatchCodec codec, WordFormat format) =>
        (codec, format) is (PatchCodec.F32, WordFormat.F32) or (PatchCodec.Int8, WordFormat.Bytes4);

    /// <summary>Converts rows; each takes the kernel's number of words.</summary>
    /// <param name="codec">How they are stored.</param>
    /// <param name="format">What the kernel wants.</param>
    /// <param name="stored">Whole stored rows.</param>
    /// <param name="words">Where to.</param>
    public static void Convert(PatchCodec codec, WordFormat format, ReadOnlySpan<byte> stored, uint* words)
    {
        if (codec == PatchCodec.F16)
        {
            var halves = MemoryMarshal.Cast<byte, Half>(stored);
            TensorPrimitives.ConvertToSingle(halves, new Span<float>(words, halves.Length));
        }
        else if (format == WordFormat.Shorts2)
        {
            Widen(stored, (short*)words);
        }
        else
        {
            for (var i = 0; i < stored.Length; i++)
            {
                ((int*)words)[i] = stored[i] - Int8Rows.Bias;
            }
        }
    }

    private static void Widen(ReadOnlySpan<byte> stored, short* words)
    {
        var i = 0;
        fixed (byte* bytes = stored)
        {
            var bias = Vector256.Create((short)Int8Rows.Bias);
            for (; i <= stored.Length - Vector128<byte>.Count; i += Vector128<byte>.Count)
            {
                // The lower and the upper half of 16 bytes make one vector of 16 shorts: vpmovzxbw.
                var (lower, upper) = Vector128.Widen(Vector128.Load(bytes + i));
                (Vector256.Create(lower, upper).AsInt16() - bias).Store(words + i);
            }
        }

        for (; i < stored.Length; i++)
        {
            words[i] = (short)(stored[i] - Int8Rows.Bias);
        }
    }
}

using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Filip.Embeddings;
using Filip.Embeddings.Codecs;

namespace Filip.Benchmarks.Kernels;

/// <summary>What a .NET programmer would write without kernels, and what no kernel can beat.</summary>
internal static class Peers
{
    /// <summary>A dot product a pair, from the library.</summary>
    public static double DotPerPair(EmbeddingMatrix tokens, ReadOnlyMemory<byte>[] records)
    {
        var total = 0.0;
        foreach (var record in records)
        {
            var patches = MemoryMarshal.Cast<byte, float>(PatchRecord.Read(record.Span, verifyChecksum: false).Components);
            for (var token = 0; token < tokens.RowCount; token++)
            {
                var best = float.NegativeInfinity;
                for (var patch = 0; patch < patches.Length; patch += tokens.Dimension)
                {
                    best = MathF.Max(best, TensorPrimitives.Dot(tokens.Row(token), patches.Slice(patch, tokens.Dimension)));
                }

                total += best;
            }
        }

        return total;
    }

    /// <summary>Reads every byte once and keeps only their sum.</summary>
    public static ulong Read(ReadOnlyMemory<byte>[] records)
    {
        var sums = (Vector<ulong>.Zero, Vector<ulong>.Zero, Vector<ulong>.Zero, Vector<ulong>.Zero);
        foreach (var record in records)
        {
            var vectors = MemoryMarshal.Cast<byte, Vector<ulong>>(record.Span);
            for (var i = 0; i < vectors.Length - 3; i += 4)
            {
                sums.Item1 += vectors[i];
                sums.Item2 += vectors[i + 1];
                sums.Item3 += vectors[i + 2];
                sums.Item4 += vectors[i + 3];
            }
        }

        return Vector.Sum(sums.Item1 + sums.Item2 + sums.Item3 + sums.Item4);
    }
}

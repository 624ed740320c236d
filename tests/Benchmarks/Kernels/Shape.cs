using Filip.Embeddings;
using Filip.Embeddings.Codecs;

namespace Filip.Benchmarks.Kernels;

/// <summary>How much work: so many pictures of so many patches, against so many tokens.</summary>
internal sealed record Shape(string Name, int Pictures, int Patches, int Dimension, int Tokens)
{
    public static IReadOnlyList<Shape> All { get; } =
    [
        new("A", 1000, 196, 256, 32),
        new("B", 1000, 196, 256, 16),
        new("C", 1000, 49, 256, 16),
        new("D", 1000, 256, 768, 32),
    ];

    /// <summary>Multiply-adds of one query.</summary>
    public double Work => (double)Pictures * Patches * Dimension * Tokens;

    /// <summary>Records one after the other in one block, as a segment file holds them.</summary>
    public ReadOnlyMemory<byte>[] Records(PatchCodec codec)
    {
        // Few different pictures, each stored anew: the bytes are read from where they lie, whatever they say.
        var encoded = Enumerable.Range(0, 8)
            .Select(seed => PatchRecord.Encode(Rows(seed, Patches), codec, PatchGrid.None, "0123456789abcdef"))
            .ToArray();
        var segment = GC.AllocateUninitializedArray<byte>(checked(Pictures * encoded[0].Length));
        var records = new ReadOnlyMemory<byte>[Pictures];
        for (var i = 0; i < Pictures; i++)
        {
            encoded[i % encoded.Length].CopyTo(segment, i * encoded[0].Length);
            records[i] = segment.AsMemory(i * encoded[0].Length, encoded[0].Length);
        }

        return records;
    }

    public EmbeddingMatrix Rows(int seed, int count)
    {
        Random random = new(seed);
        var values = new float[count * Dimension];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)((random.NextDouble() - 0.5) / Math.Sqrt(Dimension / 12.0));
        }

        return new EmbeddingMatrix(values, Dimension);
    }
}

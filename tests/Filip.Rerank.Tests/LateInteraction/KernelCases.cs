using System.Globalization;
using System.Runtime.Intrinsics;
using CsCheck;
using Filip.Embeddings;
using Filip.Embeddings.Codecs;
using Filip.Rerank.LateInteraction;
using Filip.Rerank.LateInteraction.Kernels;

namespace Filip.Rerank.Tests.LateInteraction;

/// <summary>The kernels under test, and random pairs of query and picture for them.</summary>
internal static class KernelCases
{
    public const string Fingerprint = "0123456789abcdef";

    /// <summary>Random shapes a kernel and test; FILIP_FUZZ asks for more.</summary>
    public static int Count { get; } = int.Parse(Environment.GetEnvironmentVariable("FILIP_FUZZ") ?? "40", CultureInfo.InvariantCulture);

    /// <summary>Every kernel this processor runs, and the blocks of those it may not run with their one instruction spelled out.</summary>
    public static IReadOnlyDictionary<string, LateInteractionKernel> All { get; } = LateInteractionKernel.All
        .Where(kernel => kernel.IsSupported)
        .Append(new(
            "spelled-512",
            true,
            new(WordFormat.F32, 16, BlockedSums<Float512Lanes, Vector512<float>>.Run),
            new(WordFormat.Shorts2, 16, BlockedSums<SpelledShort512Lanes, Vector512<int>>.Run)))
        .Append(new(
            "spelled-vnni",
            true,
            new(WordFormat.F32, 8, BlockedSums<Float256Lanes, Vector256<float>>.Run),
            new(WordFormat.Bytes4, 8, BlockedSums<SpelledVnni256Lanes, Vector256<int>>.Run)))
        .ToDictionary(kernel => kernel.Name);

    /// <summary>One of these.</summary>
    public static Gen<T> Among<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    /// <summary>Sizes at, below and past every vector and block, small ones oftener.</summary>
    private static Gen<int> Size(int most) => Gen.OneOf(
        Gen.Int[1, Math.Min(most, 9)],
        Among([1, .. new[] { 15, 16, 17, 23, 24, 25, 31, 32, 33, 63, 64, 65, 77 }.Where(size => size <= most)]),
        Gen.Int[1, most]);

    /// <summary>Rows of unit length, or of any.</summary>
    private static Gen<EmbeddingMatrix> Rows(int count, int dimension) =>
        from seed in Gen.Int
        from unit in Gen.Bool
        select Random(seed, count, dimension, unit);

    public static Gen<(EmbeddingMatrix Tokens, EmbeddingMatrix Patches, double[]? Weights)> Pairs { get; } =
        from tokenCount in Size(77)
        from dimension in Size(1024)
        from patchCount in Size((int)Math.Clamp(1_000_000L / (tokenCount * dimension), 1, 1024))
        from tokens in Rows(tokenCount, dimension)
        from patches in Rows(patchCount, dimension)
        from weights in Gen.OneOf(Gen.Const((double[]?)null), Among(0.0, 0.5, 1, 3).Array[tokenCount].Select(list => (double[]?)list))
        select (tokens, patches, weights is null || weights.All(weight => weight == 0) ? null : weights);

    public static EmbeddingMatrix Random(int seed, int count, int dimension, bool unit)
    {
        Random random = new(seed);
        var values = new float[count * dimension];
        for (var row = 0; row < count; row++)
        {
            var length = 0.0;
            for (var i = 0; i < dimension; i++)
            {
                var value = (float)((random.NextDouble() * 2) - 1);
                values[(row * dimension) + i] = value;
                length += value * value;
            }

            for (var i = 0; unit && i < dimension; i++)
            {
                values[(row * dimension) + i] /= (float)Math.Sqrt(length);
            }
        }

        return new EmbeddingMatrix(values, dimension);
    }

    public static byte[] Encode(EmbeddingMatrix patches, PatchCodec codec) =>
        PatchRecord.Encode(patches, codec, PatchGrid.None, Fingerprint);

    /// <summary>One picture's score by one kernel.</summary>
    public static double Score(LateInteractionKernel kernel, ScoringContract contract, QueryTokens tokens, byte[] record)
    {
        using var query = PreparedQuery.Create([tokens], contract, kernel);
        return new LateInteractionScorer().ScoreOne(query, record);
    }

    /// <summary>The largest sum of magnitudes behind a token's maximum: what float errors are measured against.</summary>
    public static double Scale(EmbeddingMatrix tokens, EmbeddingMatrix patches) =>
        Enumerable.Range(0, tokens.RowCount).Max(token =>
        {
            var patch = Definition.TokenMaximum(tokens, token, patches).Patch;
            return Enumerable.Range(0, tokens.Dimension).Sum(i => Math.Abs((double)tokens.Row(token)[i] * patches.Row(patch)[i]));
        });
}

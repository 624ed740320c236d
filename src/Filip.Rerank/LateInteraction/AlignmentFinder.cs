using Filip.Embeddings.Codecs;
using Filip.Rerank.LateInteraction.Kernels;

namespace Filip.Rerank.LateInteraction;

/// <summary>Maxima with their places, from the same sums as the score.</summary>
internal static unsafe class AlignmentFinder
{
    public static Alignment Find(PreparedTemplate template, in PatchRecordView record)
    {
        var packed = template.Packed(record.Codec);
        var counted = template.Counted;
        var tokenBest = new (int Index, float Value)[counted.Length];
        var patchBest = new (int Index, float Value)[record.Rows];
        Array.Fill(tokenBest, (-1, float.NegativeInfinity));
        Array.Fill(patchBest, (-1, float.NegativeInfinity));
        RowChunk chunk = new(packed, record);
        for (var first = 0; first < record.Rows; first += Maxima.ChunkRows)
        {
            var count = Math.Min(Maxima.ChunkRows, record.Rows - first);
            var sums = chunk.Sums(record, first, count);
            for (var row = first; row < first + count; row++, sums += packed.Lanes)
            {
                for (var lane = 0; lane < counted.Length; lane++)
                {
                    var value = record.Codec == PatchCodec.Int8 ? ((int*)sums)[lane] * record.Scales[row] : ((float*)sums)[lane];
                    Raise(ref tokenBest[lane], row, value);
                    Raise(ref patchBest[row], lane, value * packed.Scales[lane]);
                }
            }
        }

        return Describe(template, packed, record.Grid, tokenBest, patchBest);
    }

    private static Alignment Describe(
        PreparedTemplate template, PackedTokens packed, PatchGrid grid, (int Index, float Value)[] tokenBest, (int Index, float Value)[] patchBest)
    {
        var tokens = new TokenAlignment[tokenBest.Length];
        var patches = new PatchAlignment[patchBest.Length];
        double fromTokens = 0, fromPatches = 0;
        for (var i = 0; i < tokens.Length; i++)
        {
            var similarity = (double)tokenBest[i].Value * packed.Scales[i];
            tokens[i] = new(template.Counted[i], tokenBest[i].Index, similarity, template.TokenShare(i, similarity));
            fromTokens += tokens[i].Contribution;
        }

        for (var i = 0; i < patches.Length; i++)
        {
            patches[i] = new(
                i, template.Counted[patchBest[i].Index], patchBest[i].Value, template.PatchShare(patchBest[i].Value, patches.Length));
            fromPatches += patches[i].Contribution;
        }

        return new(fromTokens + fromPatches, grid, tokens, patches);
    }

    /// <summary>Only a larger value moves a maximum: the lowest index among equals stays.</summary>
    private static void Raise(ref (int Index, float Value) best, int index, float value)
    {
        if (!float.IsFinite(value))
        {
            throw new PatchRecordException(
                PatchRecordProblem.NotFinite,
                "A product is NaN or infinite: the record or the query holds values past float32's range. Index the picture again.");
        }

        if (value > best.Value)
        {
            best = (index, value);
        }
    }
}

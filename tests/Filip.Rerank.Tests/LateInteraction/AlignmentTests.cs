using CsCheck;
using Filip.Embeddings;
using Filip.Embeddings.Codecs;
using Filip.Rerank.LateInteraction;

namespace Filip.Rerank.Tests.LateInteraction;

public sealed class AlignmentTests
{
    [Fact]
    public void Contributions_add_up_to_the_score_to_the_last_bit() =>
        KernelCases.Pairs.Select(Gen.Enum<PatchCodec>()).Sample(
            (pair, codec) =>
            {
                var record = KernelCases.Encode(pair.Patches, codec);
                foreach (var contract in ScoringContract.All.Where(contract => contract.IsLateInteraction))
                {
                    using var query = PreparedQuery.Create([new QueryTokens(pair.Tokens, pair.Weights)], contract);
                    var alignment = Assert.Single(Alignment.Of(query, record));
                    double tokens = 0, patches = 0;
                    foreach (var token in alignment.Tokens)
                    {
                        tokens += token.Contribution;
                    }

                    foreach (var patch in alignment.Patches)
                    {
                        patches += patch.Contribution;
                    }

                    Assert.Equal(new LateInteractionScorer().ScoreOne(query, record), tokens + patches);
                    Assert.Equal(alignment.Score, tokens + patches);
                }
            },
            iter: KernelCases.Count,
            threads: 1);

    [Fact]
    public void Golden_pairs_align_as_the_golden_says()
    {
        foreach (var scored in ScoringGolden.Items("cases"))
        {
            var tokens = ScoringGolden.Matrix(scored.GetProperty("tokens"));
            var patches = ScoringGolden.Matrix(scored.GetProperty("patches"));
            var tolerance = 4e-6 * scored.GetProperty("scale").GetDouble();
            using var query = PreparedQuery.Create(tokens, ScoringContract.FilipT2I);
            var alignment = Alignment.Of(query, KernelCases.Encode(patches, PatchCodec.F32))[0];
            var contributions = ScoringGolden.Doubles(scored.GetProperty("contributions"));
            Assert.All(alignment.Tokens, token => Assert.Equal(contributions[token.Token], token.Contribution, tolerance));

            // Where two patches differ by less than float32 can tell, either is best; where they tie exactly, the first.
            var best = ScoringGolden.Integers(scored.GetProperty("token_argmax"));
            Assert.All(alignment.Tokens, token => AssertSame(best[token.Token], token.BestPatch, patches, tokens.Row(token.Token), tolerance));
            var bestToken = ScoringGolden.Integers(scored.GetProperty("patch_argmax"));
            Assert.All(alignment.Patches, patch => AssertSame(bestToken[patch.Patch], patch.BestToken, tokens, patches.Row(patch.Patch), tolerance));

            var words = scored.GetProperty("words");
            var spans = words.GetProperty("spans").EnumerateArray().Select(ScoringGolden.Integers).ToArray();
            TokenLabel[] labels = [.. Enumerable.Range(0, tokens.RowCount).Select(token => new TokenLabel(
                token, $"t{token}", Array.FindIndex(spans, span => span[0] <= token && token < span[1])))];
            var shares = alignment.Words(labels).Where(word => word.Word >= 0).OrderBy(word => word.Word).ToArray();
            Assert.Equal(spans.Length, shares.Length);
            Assert.All(
                ScoringGolden.Doubles(words.GetProperty("contributions")).Zip(shares),
                pair => Assert.Equal(pair.First, pair.Second.Contribution, tolerance));
        }
    }

    [Fact]
    public void Patches_of_the_chosen_words_are_lit()
    {
        EmbeddingMatrix tokens = new(new float[] { 1, 0, 0, 0, 1, 0, 0, 0, 1 }, 3);
        EmbeddingMatrix patches = new(new float[] { 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0 }, 3);
        TokenLabel[] labels = [new(1, "[CLS]", -1), new(2, "ball", 0), new(3, "oon", 0)];
        using var query = PreparedQuery.Create(tokens, ScoringContract.FilipT2I);
        var record = PatchRecord.Encode(patches, PatchCodec.F32, new(2, 2), KernelCases.Fingerprint);
        var alignment = Alignment.Of(query, record)[0];
        Assert.Equal(new PatchGrid(2, 2), alignment.Grid);
        Assert.Equal([true, true, false, true], alignment.LitPatches(labels, new HashSet<int> { 0 }));
        Assert.Equal([false, false, true, false], alignment.LitPatches(token => token == 0));
        var words = alignment.Words(labels);
        Assert.Equal([(-1, "[CLS]"), (0, "balloon")], words.Select(word => (word.Word, word.Text)));
        Assert.Equal(2.0 / 3, words[1].Contribution, 1e-12);
        Assert.Equal([1, 2], words[1].Tokens);
        Assert.Throws<ArgumentException>(() => alignment.Words(labels[..2]));
    }

    [Fact]
    public void Skipped_tokens_are_left_out_and_positions_stay()
    {
        EmbeddingMatrix tokens = new(new float[] { 1, 0, 0, 1 }, 2);
        QueryTokens query = new(tokens, QueryTokens.Skipping(2, token => token == 0));
        using var prepared = PreparedQuery.Create([query], ScoringContract.FilipT2I);
        var alignment = Alignment.Of(prepared, KernelCases.Encode(new(new float[] { 1, 0, 0, 0.5f }, 2), PatchCodec.F32))[0];
        Assert.Equal([new TokenAlignment(1, 1, 0.5, 0.5)], alignment.Tokens);
        Assert.All(alignment.Patches, patch => Assert.Equal(1, patch.BestToken));
    }

    [Fact]
    public void What_is_no_record_is_not_explained()
    {
        using var query = PreparedQuery.Create(KernelCases.Random(1, 2, 4, unit: true), ScoringContract.FilipT2I);
        var record = KernelCases.Encode(KernelCases.Random(2, 3, 4, unit: true), PatchCodec.Int8);
        record[40] ^= 1;
        Assert.Throws<PatchRecordException>(() => Alignment.Of(query, record));
        Assert.Throws<ArgumentException>(() => Alignment.Of(query, KernelCases.Encode(KernelCases.Random(2, 3, 5, unit: true), PatchCodec.F32)));
    }

    private static void AssertSame(int expected, int actual, EmbeddingMatrix rows, ReadOnlySpan<float> row, double tolerance)
    {
        if (expected != actual)
        {
            double difference = 0;
            for (var i = 0; i < row.Length; i++)
            {
                difference += row[i] * ((double)rows.Row(expected)[i] - rows.Row(actual)[i]);
            }

            Assert.True(Math.Abs(difference) <= tolerance && difference != 0, $"Expected {expected}, got {actual}, {difference} apart.");
        }
    }
}

using System.Text.Json;
using CsCheck;
using Filip.Rerank.LateInteraction;

namespace Filip.Rerank.Tests.LateInteraction;

public sealed class OrderAndFusionTests
{
    [Fact]
    public void Golden_lists_come_in_the_golden_order()
    {
        foreach (var list in ScoringGolden.Items("lists"))
        {
            var candidates = Scored(list);
            CandidateOrder.Sort(candidates);
            Assert.Equal(list.GetProperty("order").EnumerateArray().Select(id => id.GetString()!), candidates.Select(candidate => candidate.Id));
        }
    }

    [Fact]
    public void Golden_lists_fuse_to_the_golden_scores()
    {
        foreach (var list in ScoringGolden.Items("lists"))
        {
            if (!list.TryGetProperty("fusion", out var fusion))
            {
                continue;
            }

            var candidates = Scored(list);
            double[] recall = [.. list.GetProperty("candidates").EnumerateArray().Select(candidate => candidate.GetProperty("recall_score").GetDouble())];
            var weight = fusion.GetProperty("weight").GetDouble();
            foreach (var (method, name) in new[]
                { (FusionMethod.MinMax, "min-max"), (FusionMethod.ZScore, "z"), (FusionMethod.ReciprocalRank, "rrf") })
            {
                var fused = Fusion.Fuse(method, candidates, recall, weight);
                Assert.All(ScoringGolden.Doubles(fusion.GetProperty(name)).Zip(fused), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
            }

            Assert.Equal(candidates.Select(candidate => candidate.Score), Fusion.Fuse(FusionMethod.None, candidates, recall, weight));
        }
    }

    [Fact]
    public void Order_is_a_function_of_its_inputs_not_of_their_arrangement()
    {
        var candidate = Gen.Select(Gen.Int[0, 30], Gen.Int[1, 4], Gen.Int[0, 3], (id, rank, score) => new ScoredCandidate($"p{id}", rank, score));
        candidate.Array[1, 40].Sample(candidates =>
        {
            var forward = candidates.ToArray();
            var backward = candidates.Reverse().ToArray();
            CandidateOrder.Sort(forward);
            CandidateOrder.Sort(backward);
            return forward.SequenceEqual(backward);
        });
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void A_score_that_is_no_number_has_no_place_in_an_order(double score)
    {
        ScoredCandidate[] candidates = [new("a", 1, 0.5), new("b", 2, score)];
        Assert.Contains("'b'", Assert.Throws<ArgumentException>(() => CandidateOrder.Sort(candidates)).Message, StringComparison.Ordinal);
        foreach (var method in Enum.GetValues<FusionMethod>().Where(method => method != FusionMethod.None))
        {
            Assert.Throws<ArgumentException>(() => Fusion.Fuse(method, candidates, [0.1, 0.2], 0.5));
        }
    }

    [Theory]
    [InlineData(FusionMethod.MinMax)]
    [InlineData(FusionMethod.ZScore)]
    public void Equal_scores_say_nothing(FusionMethod method)
    {
        // 0.1 three times has a mean that is not 0.1: a deviation of rounding must not become one of scores.
        ScoredCandidate[] candidates = [new("a", 1, 0.1), new("b", 2, 0.1), new("c", 3, 0.1)];
        Assert.Equal([0.0, 0.0, 0.0], Fusion.Fuse(method, candidates, [0.7, 0.7, 0.7], 0.5));
        Assert.Empty(Fusion.Fuse(method, [], [], 0.5));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void A_weight_outside_0_to_1_is_refused(double weight) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Fusion.Fuse(FusionMethod.MinMax, [new("a", 1, 1)], [1], weight));

    private static ScoredCandidate[] Scored(JsonElement list)
    {
        QueryTokens query = new(ScoringGolden.Matrix(list.GetProperty("tokens")));
        return [.. list.GetProperty("candidates").EnumerateArray().Select(candidate => new ScoredCandidate(
            candidate.GetProperty("id").GetString()!,
            candidate.GetProperty("recall_rank").GetInt32(),
            Definition.Score(ScoringContract.FilipT2I, query, ScoringGolden.Matrix(candidate.GetProperty("patches")))))];
    }
}

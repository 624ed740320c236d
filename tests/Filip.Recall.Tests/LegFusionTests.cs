namespace Filip.Recall.Tests;

/// <summary>One order of two legs.</summary>
public sealed class LegFusionTests
{
    private static readonly (string Key, double Score)[] s_nearest = [("a", 0.9), ("b", 0.5), ("c", 0.1)];
    private static readonly (string Key, double Score)[] s_lexical = [("c", 4.0), ("d", 1.0)];

    [Fact]
    public void By_rank_each_leg_adds_one_over_sixty_and_the_rank()
    {
        var fused = LegFusion.Fuse<string>(s_nearest, s_lexical, lexicalWeight: null);
        Assert.Equal(1.0 / 61, fused["a"], 1e-12);
        Assert.Equal((1.0 / 63) + (1.0 / 61), fused["c"], 1e-12);
        Assert.Equal(1.0 / 62, fused["d"], 1e-12);
        Assert.Equal(4, fused.Count);
    }

    [Fact]
    public void By_weight_vectors_are_measured_from_the_last_of_the_leg_and_words_from_nothing()
    {
        var fused = LegFusion.Fuse<string>(s_nearest, s_lexical, lexicalWeight: 0.25);
        Assert.Equal(0.75, fused["a"], 1e-12);
        Assert.Equal(0.375, fused["b"], 1e-12);
        Assert.Equal(0.25, fused["c"], 1e-12);
        Assert.Equal(0.0625, fused["d"], 1e-12);
    }

    [Fact]
    public void A_leg_of_one_score_counts_whole_and_an_empty_one_not_at_all()
    {
        Assert.Equal(0.75, LegFusion.Fuse<string>([("a", -0.2)], [], 0.25)["a"], 1e-12);
        Assert.Equal(0.25, LegFusion.Fuse<string>([], [("a", 7)], 0.25)["a"], 1e-12);
        Assert.Empty(LegFusion.Fuse<string>([], [], 0.25));
    }

    [Theory]
    [InlineData(-0.01)]
    [InlineData(1.01)]
    [InlineData(double.NaN)]
    public void A_weight_beyond_0_to_1_is_refused(double weight) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => LegFusion.Fuse<string>(s_nearest, s_lexical, weight));
}

using System.Text.Json;
using Filip.Embeddings;
using Filip.Rerank.LateInteraction;

namespace Filip.Rerank.Tests.LateInteraction;

public sealed class DefinitionTests
{
    [Fact]
    public void Definition_gives_every_golden_score()
    {
        foreach (var scored in ScoringGolden.Items("cases"))
        {
            var patches = ScoringGolden.Matrix(scored.GetProperty("patches"));
            foreach (var (name, contract, query, expected) in ScoringGolden.Expectations(scored))
            {
                AssertClose(scored, name, expected, Definition.Score(contract, query, patches));
            }
        }
    }

    [Fact]
    public void Pooled_score_is_the_dot_product_of_the_vectors_as_given()
    {
        foreach (var scored in ScoringGolden.Items("cases"))
        {
            var query = ScoringGolden.Values(scored.GetProperty("pooled_query")).Values;
            var picture = ScoringGolden.Values(scored.GetProperty("pooled_picture")).Values;
            AssertClose(scored, "pooled", scored.GetProperty("scores").GetProperty("pooled").GetDouble(), Definition.PooledScore(query, picture));
        }
    }

    [Fact]
    public void Best_patches_and_best_tokens_are_the_lowest_among_equals()
    {
        foreach (var scored in ScoringGolden.Items("cases"))
        {
            QueryTokens query = new(ScoringGolden.Matrix(scored.GetProperty("tokens")));
            var patches = ScoringGolden.Matrix(scored.GetProperty("patches"));
            Assert.Equal(
                ScoringGolden.Integers(scored.GetProperty("token_argmax")),
                Enumerable.Range(0, query.Rows.RowCount).Select(token => Definition.TokenMaximum(query.Rows, token, patches).Patch));
            Assert.Equal(
                ScoringGolden.Integers(scored.GetProperty("patch_argmax")),
                Enumerable.Range(0, patches.RowCount).Select(patch => Definition.PatchMaximum(query, patches, patch).Token));
        }
    }

    [Fact]
    public void Templates_are_scored_one_by_one_and_averaged()
    {
        foreach (var templates in ScoringGolden.Items("templates"))
        {
            var patches = ScoringGolden.Matrix(templates.GetProperty("patches"));
            QueryTokens[] texts = [.. templates.GetProperty("texts").EnumerateArray().Select(text => new QueryTokens(ScoringGolden.Matrix(text)))];
            foreach (var mean in templates.GetProperty("mean").EnumerateObject())
            {
                var contract = ScoringContract.Parse(mean.Name);
                Assert.Equal(mean.Value.GetDouble(), Definition.Score(contract, texts, patches), 1e-12);
                var each = templates.GetProperty("each").EnumerateArray().Select(scores => scores.GetProperty(mean.Name).GetDouble());
                Assert.All(each.Zip(texts), pair => Assert.Equal(pair.First, Definition.Score(contract, pair.Second, patches), 1e-12));
            }
        }
    }

    [Fact]
    public void What_cannot_be_scored_is_refused_at_the_door()
    {
        foreach (var refused in ScoringGolden.Items("refuse"))
        {
            var why = refused.GetProperty("why").GetString();
            var error = Record.Exception(() =>
            {
                QueryTokens query = new(ScoringGolden.Matrix(refused.GetProperty("tokens")));
                var patches = ScoringGolden.Matrix(refused.GetProperty("patches"));
                Definition.Score(ScoringContract.FilipT2I, query, patches);
            });
            Assert.True(error is ArgumentException, $"'{why}' was taken: {error}");
        }
    }

    [Fact]
    public void Score_keeps_a_negative_best_match()
    {
        EmbeddingMatrix tokens = new(new float[] { 1, 0 }, 2);
        EmbeddingMatrix patches = new(new float[] { -1, 0, -0.5f, 0 }, 2);
        Assert.Equal(-0.5, Definition.Score(ScoringContract.FilipT2I, new QueryTokens(tokens), patches));
    }

    [Fact]
    public void Every_contract_is_found_by_its_name_and_no_other()
    {
        Assert.All(ScoringContract.All, contract => Assert.Same(contract, ScoringContract.Parse(contract.Name)));
        var error = Assert.Throws<ArgumentException>(() => ScoringContract.Parse("filip"));
        Assert.All(ScoringContract.All, contract => Assert.Contains(contract.Name, error.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(new[] { 1.0 })]
    [InlineData(new[] { 0.0, 0.0 })]
    [InlineData(new[] { 1.0, -1.0 })]
    [InlineData(new[] { 1.0, double.NaN })]
    public void Weights_that_mean_nothing_are_refused(double[] weights)
    {
        EmbeddingMatrix tokens = new(new float[] { 1, 0, 0, 1 }, 2);
        Assert.Throws<ArgumentException>(() => new QueryTokens(tokens, weights));
    }

    [Fact]
    public void All_contracts_of_a_pair_are_said_at_once()
    {
        foreach (var scored in ScoringGolden.Items("cases"))
        {
            QueryTokens query = new(ScoringGolden.Matrix(scored.GetProperty("tokens")));
            var patches = ScoringGolden.Matrix(scored.GetProperty("patches"));
            var all = ContractScores.All(
                query,
                patches,
                ScoringGolden.Values(scored.GetProperty("pooled_query")).Values,
                ScoringGolden.Values(scored.GetProperty("pooled_picture")).Values);
            Assert.Equal(ScoringContract.All.Select(contract => contract.Name), all.Select(score => score.Contract));
            Assert.DoesNotContain(ContractScores.All(query, patches), score => score.Contract == ScoringContract.Pooled.Name);
            foreach (var score in all.Where(score => score.Contract != ScoringContract.ZeroPadI2T.Name))
            {
                AssertClose(scored, score.Contract, scored.GetProperty("scores").GetProperty(score.Contract).GetDouble(), score.Score);
            }
        }
    }

    private static void AssertClose(JsonElement scored, string name, double expected, double actual)
    {
        var tolerance = 1e-12 * Math.Max(Math.Abs(expected), scored.GetProperty("scale").GetDouble());
        Assert.True(
            Math.Abs(expected - actual) <= tolerance, $"{scored.GetProperty("name")} {name}: expected {expected:R}, got {actual:R}");
    }
}

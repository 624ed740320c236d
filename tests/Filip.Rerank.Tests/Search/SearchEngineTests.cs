using System.Text.Json;
using Filip.Embeddings;
using Filip.Embeddings.Codecs;
using Filip.Recall;
using Filip.Rerank.Search;

namespace Filip.Rerank.Tests.Search;

public sealed class SearchEngineTests(SampleIndex sample)
{
    private static readonly CancellationToken s_none = CancellationToken.None;

    [Fact]
    public async Task Order_is_that_of_the_definition_computed_plainly_over_all_pictures()
    {
        var engine = new SearchEngine(sample.Parts());
        foreach (var query in sample.Queries.Take(10))
        {
            var answer = await engine.SearchAsync(new SearchRequest { Query = query, Candidates = 48, Top = 48 }, s_none);
            Assert.False(answer.Degraded, answer.Reason);
            var expected = await ByDefinitionAsync(query);
            Assert.Equal(expected.Count, answer.Results.Count);
            foreach (var result in answer.Results)
            {
                Assert.Equal(expected[result.Id], result.Score!.Value, 1e-5);
            }

            Assert.Equal(answer.Results.OrderByDescending(result => result.Score).ThenBy(result => result.RecallRank), answer.Results);
            Assert.Equal(Enumerable.Range(1, 48), answer.Results.Select(result => result.Rank));
            Assert.Equal(Enumerable.Range(1, 48), answer.Results.Select(result => result.RecallRank).Order());
        }
    }

    [Fact]
    public async Task Recall_mode_answers_stage_one_and_is_not_degraded()
    {
        var store = FaultyPatchStore.Throwing();
        var engine = new SearchEngine(sample.Parts(store));
        var answer = await engine.SearchAsync(
            new SearchRequest { Query = sample.Queries[0], Mode = SearchMode.Recall, Top = 5 }, s_none);
        Assert.False(answer.Degraded);
        Assert.Equal(0, store.Calls);
        Assert.Equal([1, 2, 3, 4, 5], answer.Results.Select(result => result.RecallRank));
        Assert.All(answer.Results, result => Assert.Equal(result.RecallScore, result.Score));
    }

    [Fact]
    public async Task Results_carry_the_users_fields_with_path_and_caption()
    {
        var engine = new SearchEngine(sample.Parts());
        var answer = await engine.SearchAsync(new SearchRequest { Query = sample.Queries[0], Top = 3 }, s_none);
        Assert.All(answer.Results, result =>
        {
            Assert.Equal($"pictures/{result.Id}.jpg", result.Fields!["path"].GetString());
            Assert.NotEmpty(result.Fields["caption"].GetString()!);
            Assert.Equal(JsonValueKind.Number, result.Fields["objects"].ValueKind);
        });
    }

    [Fact]
    public async Task Filters_hold_before_candidates_are_counted()
    {
        var engine = new SearchEngine(sample.Parts());
        var filter = new FieldFilter("background", [JsonElement.Parse("\"plain\"")]);
        var answer = await engine.SearchAsync(
            new SearchRequest { Query = sample.Queries[0], Filters = [filter], Candidates = 5, Top = 5 }, s_none);
        Assert.NotEmpty(answer.Results);
        Assert.All(answer.Results, result => Assert.Equal("plain", result.Fields!["background"].GetString()));
    }

    [Fact]
    public async Task Contributions_of_the_tokens_add_up_to_the_score()
    {
        var engine = new SearchEngine(sample.Parts());
        var answer = await engine.SearchAsync(new SearchRequest { Query = sample.Queries[1], Explain = true, Top = 4 }, s_none);
        Assert.All(answer.Results, result => Assert.Equal(result.Score!.Value, result.Tokens!.Sum(token => token.Contribution), 1e-9));
        Assert.Equal(sample.Queries[1].Split(' ').Length, answer.Results[0].Tokens!.Count(token => token.Word >= 0));
    }

    [Fact]
    public async Task Scores_of_prompt_templates_are_averaged()
    {
        string[] templates = ["{}", "a picture of {}"];
        var both = new SearchEngine(sample.Parts() with { Templates = templates });
        var candidates = sample.Ids.Take(8).Select(id => new RerankCandidate(id)).ToList();
        var averaged = await both.RerankAsync(new RerankRequest { Query = "yellow moon", Candidates = candidates, Explain = true }, s_none);
        var plain = new SearchEngine(sample.Parts());
        var first = await plain.RerankAsync(new RerankRequest { Query = "yellow moon", Candidates = candidates }, s_none);
        var second = await plain.RerankAsync(new RerankRequest { Query = "a picture of yellow moon", Candidates = candidates }, s_none);
        foreach (var result in averaged.Results)
        {
            var expected = (ScoreOf(first, result.Id) + ScoreOf(second, result.Id)) / 2;
            Assert.Equal(expected, result.Score!.Value, 1e-9);
            Assert.Equal(result.Score.Value, result.Tokens!.Sum(token => token.Contribution), 1e-9);
        }

        await Assert.ThrowsAsync<SearchRefusedException>(() => both.RerankAsync(
            new RerankRequest { Query = "!!!", Candidates = candidates }, s_none));
    }

    [Fact]
    public async Task A_picture_finds_itself_first()
    {
        var engine = new SearchEngine(sample.Parts());
        var id = sample.Ids[7];
        var answer = await engine.SearchAsync(
            new SearchRequest { Image = await File.ReadAllBytesAsync(SampleIndex.PictureFile(id)), Top = 3 }, s_none);
        Assert.Equal(id, answer.Results[0].Id);
        Assert.True(answer.Results[0].Score > 0.95, $"{answer.Results[0].Score}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\t\n")]
    [InlineData("!!!")]
    public async Task A_query_that_leaves_no_token_is_refused(string query)
    {
        var engine = new SearchEngine(sample.Parts());
        var refused = await Assert.ThrowsAsync<SearchRefusedException>(() => engine.SearchAsync(new SearchRequest { Query = query }, s_none));
        Assert.Equal(RefusalCodes.EmptyQuery, refused.Code);
    }

    [Fact]
    public async Task A_repeated_id_is_answered_once_a_mention_with_the_same_score()
    {
        var engine = new SearchEngine(sample.Parts());
        var answer = await engine.RerankAsync(
            new RerankRequest { Query = "a yellow flower", Candidates = [new(sample.Ids[2], 0.9), new(sample.Ids[1], 0.8), new(sample.Ids[2], 0.1)] },
            s_none);
        var twice = answer.Results.Where(result => result.Id == sample.Ids[2]).ToList();
        Assert.Equal([1, 3], twice.Select(result => result.RecallRank));
        Assert.Equal(twice[0].Score, twice[1].Score);
        Assert.Equal([0.9, 0.1], twice.Select(result => result.RecallScore!.Value));
        Assert.Empty(answer.Missing!);
    }

    [Fact]
    public void An_index_of_another_model_is_refused_when_the_engine_is_made()
    {
        var parts = sample.Parts();
        var foreign = parts with { RunningStamp = parts.RunningStamp with { Fingerprint = new string('a', 64), ModelId = "another" } };
        Assert.Throws<StampMismatchException>(() => new SearchEngine(foreign));
    }

    private static double ScoreOf(SearchAnswer answer, string id) => answer.Results.Single(result => result.Id == id).Score!.Value;

    /// <summary>The slow plain twin: mean over tokens of the best patch, in double precision, over decoded records.</summary>
    private async Task<Dictionary<string, double>> ByDefinitionAsync(string query)
    {
        var tokens = (await sample.TextTower.EncodeAsync([query], s_none))[0].Tokens;
        using var batch = await sample.Parts().PatchStore.FetchAsync(sample.Ids, s_none);
        Dictionary<string, double> scores = [];
        for (var i = 0; i < batch.Count; i++)
        {
            scores[sample.Ids[i]] = Mean(tokens, PatchRecord.Read(batch[i].Span).Decode());
        }

        return scores;
    }

    private static double Mean(EmbeddingMatrix tokens, EmbeddingMatrix patches) =>
        Enumerable.Range(0, tokens.RowCount).Average(t => Enumerable.Range(0, patches.RowCount).Max(p =>
        {
            var sum = 0.0;
            for (var d = 0; d < tokens.Dimension; d++)
            {
                sum += (double)tokens.Row(t)[d] * patches.Row(p)[d];
            }

            return sum;
        }));
}

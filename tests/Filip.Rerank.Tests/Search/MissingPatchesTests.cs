using Filip.Rerank.Search;

namespace Filip.Rerank.Tests.Search;

public sealed class MissingPatchesTests(SampleIndex sample)
{
    private static readonly CancellationToken s_none = CancellationToken.None;

    private List<RerankCandidate> Candidates => [new("nowhere-1", 9), new(sample.Ids[0]), new("nowhere-2"), new(sample.Ids[1]), new(sample.Ids[2])];

    [Fact]
    public async Task Kept_candidates_stand_at_the_end_in_recall_order_without_a_score()
    {
        var answer = await AskAsync(MissingPatches.Keep);
        Assert.False(answer.Degraded);
        Assert.Equal(5, answer.Results.Count);
        Assert.All(answer.Results.Take(3), result => Assert.NotNull(result.Score));
        Assert.Equal(["nowhere-1", "nowhere-2"], answer.Results.Skip(3).Select(result => result.Id));
        Assert.All(answer.Results.Skip(3), result => Assert.Null(result.Score));
        Assert.Equal([9, null], answer.Results.Skip(3).Select(result => result.RecallScore));
        Assert.Equal(["nowhere-1", "nowhere-2"], answer.Missing);
    }

    [Fact]
    public async Task Dropped_candidates_are_named_and_left_out()
    {
        var answer = await AskAsync(MissingPatches.Drop);
        Assert.Equal(3, answer.Results.Count);
        Assert.Equal([1, 2, 3], answer.Results.Select(result => result.Rank));
        Assert.Equal(["nowhere-1", "nowhere-2"], answer.Missing);
    }

    [Fact]
    public async Task An_error_names_them()
    {
        var refused = await Assert.ThrowsAsync<SearchRefusedException>(() => AskAsync(MissingPatches.Error));
        Assert.Equal(RefusalCodes.MissingPatches, refused.Code);
        Assert.Contains("nowhere-1, nowhere-2", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_search_keeps_candidates_whose_records_are_gone_and_names_them()
    {
        var inner = sample.Parts().PatchStore;
        var store = FaultyPatchStore.Changing(inner, (place, record) => place % 2 == 0 ? [] : record);
        var answer = await new SearchEngine(sample.Parts(store)).SearchAsync(
            new SearchRequest { Query = sample.Queries[0], Candidates = 10, Top = 10 }, s_none);
        Assert.False(answer.Degraded);
        Assert.Equal(5, answer.Missing!.Count);
        Assert.Equal([1, 3, 5, 7, 9], answer.Results.Skip(5).Select(result => result.RecallRank));
    }

    private Task<SearchAnswer> AskAsync(MissingPatches policy) => new SearchEngine(sample.Parts()).RerankAsync(
        new RerankRequest { Query = sample.Queries[0], Candidates = Candidates, Missing = policy }, s_none);
}

using System.Net;
using System.Text.Json;
using Filip.Rerank.Experiments;
using Filip.Rerank.Patches;
using Filip.Rerank.Search;
using Filip.Rerank.Tests.Search;
using Filip.Rerank.Tests.Service;
using static Filip.Rerank.Tests.Experiments.ExperimentService;

namespace Filip.Rerank.Tests.Experiments;

/// <summary>Pages are cut from one window: none repeats or skips a picture.</summary>
public sealed class PagingTests(SampleIndex sample)
{
    [Theory]
    [InlineData("""{"query":"a tree","mode":"recall"}""", 7)]
    [InlineData("""{"query":"a tree"}""", 7)]
    [InlineData("""{"query":"a tree"}""", 1)]
    public async Task Pages_of_a_plain_search_are_the_whole_answer_in_pieces(string body, int size)
    {
        await using var service = await StartAsync(sample, ExperimentMode.Shadow, b: "rerank:candidates=5");
        var whole = await service.SearchAsync(With(body, 200, 0));
        var pages = await PagesAsync(service, body, size, "s0");
        Assert.Equal(Ids(whole), pages.SelectMany(Ids));
        Assert.Equal(
            Enumerable.Range(1, sample.Ids.Count),
            pages.SelectMany(page => page.GetProperty("results").EnumerateArray()).Select(result => result.GetProperty("rank").GetInt32()));
        Assert.Empty(Ids(await service.SearchAsync(With(body, size, 900))));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1001)]
    public async Task A_page_outside_any_window_is_refused(int from)
    {
        await using var service = await StartAsync(sample, ExperimentMode.Shadow);
        using var refused = await service.PostAsync("/v1/search", With("""{"query":"a tree"}""", 5, from));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Equal("from", (await RunningService.ProblemOfAsync(refused)).GetProperty("field").GetString());
    }

    [Theory]
    [InlineData(5, "rerank")]
    [InlineData(7, "rerank:candidates=12")]
    [InlineData(1, "fused:weight=0.5")]
    public async Task Interleaved_pages_hold_every_picture_once_in_the_order_drafted(int size, string b)
    {
        await using var service = await StartAsync(sample, ExperimentMode.Interleave, b: b);
        foreach (var query in sample.Queries.Take(3))
        {
            var body = JsonSerializer.Serialize(new { query });
            var drafted = await DraftAsync(query, b);
            var pages = await PagesAsync(service, body, size, "s0");
            var results = pages.SelectMany(page => page.GetProperty("results").EnumerateArray()).ToList();
            Assert.Equal(drafted, results.Select(result => new TeamPick(result.GetProperty("id").GetString()!, result.GetProperty("team").GetString()!)));
            Assert.Equal(sample.Ids.Order(), drafted.Select(pick => pick.Id).Order());
            Assert.All(pages, page => Assert.Equal("interleaved", Echo(page).GetProperty("variant").GetString()));
            Assert.Single(pages.Select(page => Echo(page).GetProperty("query_id").GetString()).Distinct());
            Assert.All(results, result => Assert.True(result.TryGetProperty("fields", out _)));
        }
    }

    [Fact]
    public async Task Interleaved_scores_are_all_of_one_kind()
    {
        await using var service = await StartAsync(sample, ExperimentMode.Interleave, b: "rerank:candidates=12");
        var answer = await service.SearchAsync("""{"query":"a yellow flower","top":48}""", "s0");
        var late = new SearchEngine(sample.Parts());
        var scores = (await late.SearchAsync(new SearchRequest { Query = "a yellow flower", Candidates = 12, Top = 12 }, CancellationToken.None))
            .Results.ToDictionary(result => result.Id, result => result.Score);
        foreach (var result in answer.GetProperty("results").EnumerateArray())
        {
            double? score = result.TryGetProperty("score", out var value) ? value.GetDouble() : null;
            Assert.Equal(scores.GetValueOrDefault(result.GetProperty("id").GetString()!), score);
        }
    }

    [Fact]
    public async Task A_later_page_is_cut_from_the_first_ones_order_whatever_has_happened_to_stage_two()
    {
        var inner = new EmbeddedPatchStore(sample.Index);
        var broken = false;
        var store = new FaultyPatchStore(async (ids, token) =>
            broken ? throw new IOException("The disk is gone.") : await inner.FetchAsync(ids, token));
        await using var service = await StartAsync(sample, ExperimentMode.Interleave, store: store);
        const string Body = """{"query":"a tree"}""";
        var first = await service.SearchAsync(With(Body, 10, 0), "s0");
        broken = true;
        var second = await service.SearchAsync(With(Body, 10, 10), "s0");
        Assert.Equal((await DraftAsync("a tree", "rerank")).Take(20).Select(pick => pick.Id), Ids(first).Concat(Ids(second)));
        Assert.Equal(1, store.Calls);

        // Another session's draft was not drawn before: one side is a lesser order now, so A answers and nothing counts.
        var other = await service.SearchAsync(With(Body, 10, 0), "s2");
        Assert.Equal("degraded", Echo(other).GetProperty("uncounted").GetString());
        Assert.Equal("a", Echo(other).GetProperty("variant").GetString());
        Assert.False(other.GetProperty("degraded").GetBoolean());
        Assert.Equal((await RankAsync("a tree", "recall")).Take(10), Ids(other));
        Assert.Equal("degraded", Own((await service.LinesAsync(3))[2]).GetProperty("uncounted").GetString());
    }

    [Fact]
    public async Task Teams_and_times_of_both_are_recorded_with_the_page()
    {
        await using var service = await StartAsync(sample, ExperimentMode.Interleave);
        var answer = await service.SearchAsync("""{"query":"a tree","top":6}""", "s0");
        var own = Own(Assert.Single(await service.LinesAsync(1)));
        Assert.Equal(Ids(answer), own.GetProperty("shown").EnumerateArray().Select(id => id.GetString()!));
        Assert.Equal(
            answer.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("team").GetString()),
            own.GetProperty("teams").EnumerateArray().Select(team => team.GetString()));
        Assert.True(own.GetProperty("a_ms").GetDouble() > 0);
        Assert.True(own.GetProperty("b_ms").GetDouble() > 0);
        Assert.False(own.TryGetProperty("variant", out _));
    }

    [Fact]
    public void Windows_remembered_are_bounded_and_the_first_one_kept_counts()
    {
        var windows = new RecentWindows(2);
        IReadOnlyList<SearchResult> first = [], second = [];
        Assert.Same(first, windows.Keep("1", first));
        Assert.Same(first, windows.Keep("1", [Result("x")]));
        windows.Keep("2", second);
        Assert.NotNull(windows.Find("1"));
        windows.Keep("3", second);
        Assert.Null(windows.Find("2"));
        Assert.NotNull(windows.Find("1"));
    }

    private static SearchResult Result(string id) => new() { Id = id, Rank = 1, RecallRank = 1 };

    private static string With(string body, int top, int from) => body[..^1] + $",\"top\":{top},\"from\":{from}}}";

    private async Task<List<JsonElement>> PagesAsync(ExperimentService service, string body, int size, string session)
    {
        List<JsonElement> pages = [];
        for (var from = 0; from < sample.Ids.Count; from += size)
        {
            pages.Add(await service.SearchAsync(With(body, size, from), session));
        }

        return pages;
    }

    private async Task<IReadOnlyList<TeamPick>> DraftAsync(string query, string b) =>
        new PlainPolicy().Interleave(await RankAsync(query, "recall"), await RankAsync(query, b), "s0", query);

    private async Task<IReadOnlyList<string>> RankAsync(string query, string spec)
    {
        await using var service = await StartAsync(sample, ExperimentMode.Full, a: "recall:candidates=1", b: spec);
        return [.. Ids(await service.SearchAsync(With(JsonSerializer.Serialize(new { query }), 200, 0), "s0"))];
    }
}

using System.Net;
using System.Text.Json;
using Filip.Testing;

namespace Filip.Rerank.Tests.Service;

/// <summary>The trial cases of the service, on inputs written for them; where the trials folder is there, on its files too.</summary>
public sealed class TrialTests(DefaultService service) : IClassFixture<DefaultService>
{
    private RunningService Service => service.Running;

    public static TheoryData<string> WordlessQueries => new(
        "", "   ", "\t\n", "!!!", "...?!", "\u2014", "\U0001F642", "\u200b", "\ufeff", "\u0301", "\u00a0");

    [Theory]
    [MemberData(nameof(WordlessQueries))]
    public async Task A_query_without_words_is_refused_or_answered_twice_alike(string query)
    {
        var body = JsonSerializer.Serialize(new { query, top = 5 });
        using var response = await Service.PostAsync("/v1/search", body);
        if (response.StatusCode == HttpStatusCode.OK)
        {
            var first = JsonElement.Parse(await response.Content.ReadAsStringAsync());
            var second = await Service.AskAsync("/v1/search", body);
            Assert.Equal(Order(first), Order(second));
            Assert.All(first.GetProperty("results").EnumerateArray(), result =>
                Assert.Equal(JsonValueKind.Number, result.GetProperty("score").ValueKind));
            return;
        }

        Assert.Contains((int)response.StatusCode, new[] { 400, 422 });
        Assert.Equal("EMPTY_QUERY", (await RunningService.ProblemOfAsync(response)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Repeated_documents_are_each_answered_with_their_own_index()
    {
        var answer = await Service.AskAsync(
            "/v2/rerank", """{"query":"a yellow flower","documents":["scene-00002","scene-00001","scene-00002","scene-00000"]}""");
        var results = answer.GetProperty("results").EnumerateArray()
            .Select(result => (Index: result.GetProperty("index").GetInt32(), Score: result.GetProperty("relevance_score").GetDouble())).ToList();
        Assert.Equal([0, 1, 2, 3], results.Select(result => result.Index).Order());
        Assert.Equal(results.OrderByDescending(result => result.Score).ThenBy(result => result.Index), results);
        Assert.Equal(results.Single(result => result.Index == 0).Score, results.Single(result => result.Index == 2).Score);
    }

    [Fact]
    public async Task Repeated_candidates_are_answered_once_a_mention()
    {
        var answer = await Service.AskAsync(
            "/v1/rerank",
            """{"query":"a yellow flower","candidates":[{"id":"scene-00002","score":0.9},{"id":"scene-00001","score":0.8},{"id":"scene-00002","score":0.1}]}""");
        var results = answer.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(3, results.Count);
        Assert.All(results.GroupBy(result => result.GetProperty("id").GetString()), mentions =>
            Assert.Single(mentions.Select(result => result.GetProperty("score").GetDouble()).Distinct()));
    }

    [Theory]
    [InlineData("null", 200, 3)]
    [InlineData("9", 200, 3)]
    [InlineData("99999999999", 200, 3)]
    [InlineData("1", 200, 1)]
    [InlineData("0", 422, 0)]
    [InlineData("-1", 422, 0)]
    [InlineData("\"2\"", 400, 0)]
    [InlineData("2.5", 400, 0)]
    [InlineData("1e400", 400, 0)]
    public async Task Top_n_is_taken_or_refused_by_name(string topN, int status, int results)
    {
        using var response = await Service.PostAsync(
            "/v2/rerank", $$"""{"query":"a yellow flower","documents":["scene-00000","scene-00001","scene-00002"],"top_n":{{topN}}}""");
        Assert.Equal(status, (int)response.StatusCode);
        if (status == 200)
        {
            var answer = JsonElement.Parse(await response.Content.ReadAsStringAsync());
            Assert.Equal(results, answer.GetProperty("results").GetArrayLength());
            return;
        }

        var problem = await RunningService.ProblemOfAsync(response);
        Assert.Contains("top_n", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("top_n", problem.GetProperty("field").GetString());
    }

    [Theory]
    [InlineData("query-without-words", "/v1/search", "search-*.json")]
    [InlineData("rerank-repeated-ids", "/v2/rerank", "v2.json")]
    [InlineData("rerank-repeated-ids", "/v1/rerank", "v1.json")]
    [InlineData("rerank-top-n", "/v2/rerank", "*.json")]
    public async Task Files_of_the_trials_meet_no_fault(string name, string route, string pattern)
    {
        Assert.SkipWhen(GoldenFiles.Trials is null, "The trials folder is not here (FILIP_TRIALS).");
        var files = Directory.GetFiles(Path.Combine(GoldenFiles.Trials!, name), pattern);
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            using var response = await Service.PostAsync(route, await File.ReadAllBytesAsync(file));
            Assert.Contains((int)response.StatusCode, new[] { 200, 400, 422 });
            if (response.StatusCode != HttpStatusCode.OK)
            {
                await RunningService.ProblemOfAsync(response);
            }
        }
    }

    private static IEnumerable<string> Order(JsonElement answer) =>
        answer.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("id").GetString()!);
}

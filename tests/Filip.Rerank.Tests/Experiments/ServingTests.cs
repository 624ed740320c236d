using System.Net;
using System.Text.Json;
using Filip.Rerank.Experiments;
using Filip.Rerank.Patches;
using Filip.Rerank.Search;
using Filip.Rerank.Tests.Search;
using Filip.Rerank.Tests.Service;
using static Filip.Rerank.Tests.Experiments.ExperimentService;

namespace Filip.Rerank.Tests.Experiments;

/// <summary>Who gets which variant, and what the answer says of it.</summary>
public sealed class ServingTests(SampleIndex sample)
{
    private string Query => JsonSerializer.Serialize(new { query = sample.Queries[0], top = 20 });

    [Fact]
    public async Task Percentage_gives_a_session_the_variant_that_the_policy_says_every_time()
    {
        await using var service = await StartAsync(sample, ExperimentMode.Percentage);
        var (a, b) = (await OrderAsync(SearchMode.Recall), await OrderAsync(SearchMode.Rerank));
        Assert.NotEqual(a, b);
        for (var i = 0; i < 6; i++)
        {
            var answer = await service.SearchAsync(Query, $"s{i % 4}");
            Assert.Equal(i % 4 % 2 == 0 ? a : b, Ids(answer));
            var echo = Echo(answer);
            Assert.Equal("test", echo.GetProperty("name").GetString());
            Assert.Equal("percentage", echo.GetProperty("mode").GetString());
            Assert.Equal(i % 4 % 2 == 0 ? "a" : "b", echo.GetProperty("variant").GetString());
            Assert.False(echo.TryGetProperty("uncounted", out _));
        }

        var lines = await service.LinesAsync(6);
        Assert.All(lines, line => Assert.Equal("impression", line.GetProperty("action_name").GetString()));
        Assert.Equal(["s0", "s1", "s2", "s3", "s0", "s1"], lines.Select(line => line.GetProperty("client_id").GetString()));
        Assert.Equal(b, Own(lines[1]).GetProperty("shown").EnumerateArray().Select(id => id.GetString()));
        Assert.Equal("b", Own(lines[1]).GetProperty("variant").GetString());
        Assert.Equal("as planned", Own(lines[1]).GetProperty("plan").GetString());
    }

    [Fact]
    public async Task The_body_names_the_session_as_well_as_the_header()
    {
        await using var service = await StartAsync(sample, ExperimentMode.Percentage);
        var body = JsonSerializer.Serialize(new { query = sample.Queries[0], session = "s1" });
        var answer = Echo(await service.SearchAsync(body, session: "s2"));
        Assert.Equal("b", answer.GetProperty("variant").GetString());
        using var refused = await service.PostAsync("/v1/search", Query, new string('s', 129));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Equal("session", (await RunningService.ProblemOfAsync(refused)).GetProperty("field").GetString());
    }

    [Theory]
    [InlineData(ExperimentMode.Percentage)]
    [InlineData(ExperimentMode.Interleave)]
    public async Task Without_a_session_A_answers_and_nothing_is_counted_or_recorded(ExperimentMode mode)
    {
        await using var service = await StartAsync(sample, mode);
        var answer = await service.SearchAsync(Query);
        Assert.Equal(await OrderAsync(SearchMode.Recall), Ids(answer));
        Assert.Equal("no_session", Echo(answer).GetProperty("uncounted").GetString());
        Assert.False(Echo(answer).TryGetProperty("query_id", out _));
        await service.SearchAsync(Query, "s0");
        Assert.Single(await service.LinesAsync(1));
    }

    [Theory]
    [InlineData(ExperimentMode.Shadow)]
    [InlineData(ExperimentMode.Percentage)]
    [InlineData(ExperimentMode.Interleave)]
    [InlineData(ExperimentMode.Full)]
    public async Task A_forced_variant_is_served_and_not_counted(ExperimentMode mode)
    {
        await using var service = await StartAsync(sample, mode);
        foreach (var (forced, order) in new[] { ("a", SearchMode.Recall), ("B", SearchMode.Rerank) })
        {
            var answer = await service.SearchAsync(Query, "s0", forced);
            Assert.Equal(await OrderAsync(order), Ids(answer));
            Assert.Equal(forced.ToLowerInvariant(), Echo(answer).GetProperty("variant").GetString());
            Assert.Equal("forced", Echo(answer).GetProperty("uncounted").GetString());
        }

        var lines = await service.LinesAsync(2);
        Assert.All(lines, line => Assert.Equal("forced", Own(line).GetProperty("uncounted").GetString()));
        Assert.Equal(2, lines.Select(line => line.GetProperty("query_id").GetString()).Distinct().Count());
        using var refused = await service.PostAsync("/v1/search", Query, "s0", "c");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
    }

    [Fact]
    public async Task Full_gives_everybody_B()
    {
        await using var service = await StartAsync(sample, ExperimentMode.Full);
        Assert.Equal(await OrderAsync(SearchMode.Rerank), Ids(await service.SearchAsync(Query, "s0")));
        Assert.Equal(await OrderAsync(SearchMode.Rerank), Ids(await service.SearchAsync(Query)));
    }

    [Theory]
    [InlineData(ExperimentMode.Percentage)]
    [InlineData(ExperimentMode.Interleave)]
    [InlineData(ExperimentMode.Full)]
    public async Task The_kill_file_gives_everybody_A_without_a_restart_and_its_going_ends_that(ExperimentMode mode)
    {
        await using var service = await StartAsync(sample, mode);
        var (a, before) = (await OrderAsync(SearchMode.Recall), Ids(await service.SearchAsync(Query, "s1")).ToList());
        Assert.NotEqual(a, before);
        await File.WriteAllTextAsync(service.KillFile, "");
        await Task.Delay(KillSwitch.LookEvery);
        foreach (var forced in new[] { null, "b" })
        {
            var killed = await service.SearchAsync(Query, "s1", forced);
            Assert.Equal(a, Ids(killed));
            Assert.Equal("killed", Echo(killed).GetProperty("uncounted").GetString());
        }

        File.Delete(service.KillFile);
        await Task.Delay(KillSwitch.LookEvery);
        Assert.Equal(before, Ids(await service.SearchAsync(Query, "s1")));
        Assert.Equal(2, (await service.LinesAsync(2)).Count);
    }

    [Fact]
    public async Task Requests_that_name_their_own_stages_or_bring_a_picture_are_no_part_of_it()
    {
        await using var service = await StartAsync(sample, ExperimentMode.Full, a: "rerank", b: "recall");
        var named = await service.SearchAsync(JsonSerializer.Serialize(new { query = sample.Queries[0], mode = "rerank", top = 20 }), "s1");
        Assert.False(named.TryGetProperty("experiment", out _));
        Assert.Equal(await OrderAsync(SearchMode.Rerank), Ids(named));
        var picture = Convert.ToBase64String(await File.ReadAllBytesAsync(SampleIndex.PictureFile(sample.Ids[4])));
        var byPicture = await service.SearchAsync($$"""{"image_base64":"{{picture}}"}""", "s1");
        Assert.False(byPicture.TryGetProperty("experiment", out _));
    }

    [Fact]
    public async Task Counters_tell_variants_and_lines()
    {
        await using var service = await StartAsync(sample, ExperimentMode.Percentage);
        await service.SearchAsync(Query, "s0");
        await service.SearchAsync(Query, "s1");
        await service.LinesAsync(2);
        var metrics = await service.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        foreach (var name in new[] { "filip_experiment_searches", "variant=\"a\"", "variant=\"b\"", "filip_experiment_lines", "filip_experiment_duration" })
        {
            Assert.Contains(name, metrics, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("recall", "recall")]
    [InlineData("rerank", "rerank")]
    [InlineData("fused:weight=1", "rerank")]
    [InlineData("fused:weight=0", "recall")]
    public async Task Specs_order_as_they_say(string spec, string like)
    {
        await using var service = await StartAsync(sample, ExperimentMode.Full, a: "recall:candidates=3", b: spec);
        var expected = await OrderAsync(like == "recall" ? SearchMode.Recall : SearchMode.Rerank);
        Assert.Equal(expected, Ids(await service.SearchAsync(Query, "s0")));
        Assert.Equal(3, Ids(await service.SearchAsync(Query, "s0", "a")).Count());
    }

    [Theory]
    [InlineData("reranked", "no variant")]
    [InlineData("rerank:candidates=0", "1 to 10000")]
    [InlineData("rerank:candidates=ten", "1 to 10000")]
    [InlineData("rerank:weight=0.5", "there is candidates=N")]
    [InlineData("fused:weight=1.5", "from 0 to 1")]
    [InlineData("recall:", "there is")]
    public void Specs_that_mean_nothing_are_refused_with_what_there_is(string spec, string says) =>
        Assert.Contains(says, Assert.Throws<FormatException>(() => ExperimentVariant.Parse(spec)).Message, StringComparison.Ordinal);

    private async Task<List<string>> OrderAsync(SearchMode mode)
    {
        var engine = new SearchEngine(sample.Parts(new EmbeddedPatchStore(sample.Index)));
        var answer = await engine.SearchAsync(
            new SearchRequest { Query = sample.Queries[0], Top = 20, Mode = mode }, CancellationToken.None);
        return [.. answer.Results.Select(result => result.Id)];
    }
}

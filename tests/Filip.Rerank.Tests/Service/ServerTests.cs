using System.Net;
using System.Text.Json;
using Filip.Rerank.Patches;
using Filip.Rerank.Search;
using Filip.Rerank.Service;
using Filip.Rerank.Tests.Search;

namespace Filip.Rerank.Tests.Service;

public sealed class ServerTests(SampleIndex sample)
{
    private const string Key = "correct-horse-battery";

    [Fact]
    public async Task Keys_open_all_but_health_checks_and_the_page()
    {
        await using var service = await RunningService.StartAsync(sample, options => options with { Keys = ApiKeys.Parse($"another-key, {Key}") });
        foreach (var open in new[] { "/", "/health/live", "/health/ready" })
        {
            using var response = await service.Client.GetAsync(new Uri(open, UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        foreach (var closed in new[] { "/info", "/metrics", "/openapi/v1.json", "/v1/search", "/nowhere" })
        {
            using var response = await service.Client.GetAsync(new Uri(closed, UriKind.Relative));
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.Equal("UNAUTHORIZED", (await RunningService.ProblemOfAsync(response)).GetProperty("code").GetString());
            Assert.NotEmpty(response.Headers.WwwAuthenticate);
        }

        Assert.Equal(HttpStatusCode.OK, await InfoAsync(service, "Authorization", $"Bearer {Key}"));
        Assert.Equal(HttpStatusCode.OK, await InfoAsync(service, "X-Api-Key", "another-key"));
        Assert.Equal(HttpStatusCode.Unauthorized, await InfoAsync(service, "X-Api-Key", Key + "x"));
        Assert.Equal(HttpStatusCode.Unauthorized, await InfoAsync(service, "X-Api-Key", ""));
        Assert.Equal(HttpStatusCode.Unauthorized, await InfoAsync(service, "Authorization", Key));
    }

    [Fact]
    public async Task Overload_is_refused_early_and_the_service_goes_on()
    {
        TaskCompletionSource release = new(), entered = new();
        var store = new FaultyPatchStore(async (ids, _) =>
        {
            entered.TrySetResult();
            await release.Task;
            return new PatchBatch(new ReadOnlyMemory<byte>[ids.Count]);
        });
        await using var service = await RunningService.StartAsync(
            sample, options => options with { MaxConcurrent = 1, MaxQueued = 0 }, store);
        var first = service.PostAsync("/v1/search", """{"query":"a tree"}""");
        await entered.Task;
        using var refused = await service.PostAsync("/v1/search", """{"query":"a tree"}""");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("OVERLOADED", (await RunningService.ProblemOfAsync(refused)).GetProperty("code").GetString());
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        using var live = await service.Client.GetAsync(new Uri("/health/live", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        release.SetResult();
        using var answered = await first;
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
    }

    [Fact]
    public async Task Thirty_two_clients_meet_no_error()
    {
        await using var service = await RunningService.StartAsync(sample);
        var statuses = await Task.WhenAll(Enumerable.Range(0, 32).Select(async client =>
        {
            List<HttpStatusCode> seen = [];
            for (var i = 0; i < 8; i++)
            {
                var query = JsonSerializer.Serialize(new { query = sample.Queries[((client * 8) + i) % sample.Queries.Count] });
                using var response = await service.PostAsync("/v1/search", query);
                seen.Add(response.StatusCode);
            }

            return seen;
        }));
        Assert.All(statuses.SelectMany(seen => seen), status => Assert.Equal(HttpStatusCode.OK, status));
    }

    [Fact]
    public async Task A_patch_store_at_fault_is_an_answer_and_a_metric()
    {
        await using var service = await RunningService.StartAsync(sample, store: FaultyPatchStore.Throwing());
        var answer = await service.AskAsync("/v1/search", """{"query":"a tree"}""");
        Assert.True(answer.GetProperty("degraded").GetBoolean());
        Assert.Equal("patch_store", answer.GetProperty("reason").GetString());
        var gateway = await service.AskAsync("/v2/rerank", """{"query":"a tree","documents":["b","a"]}""");
        Assert.Equal("patch_store", gateway.GetProperty("meta").GetProperty("reason").GetString());
        Assert.Equal([0, 1], gateway.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("index").GetInt32()));
        Assert.Contains(
            "reason=\"patch_store\"", await service.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative)), StringComparison.Ordinal);
        using var explain = await service.PostAsync("/v1/explain", """{"query":"a tree","id":"a"}""");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, explain.StatusCode);
        Assert.Equal("PATCHES_UNAVAILABLE", (await RunningService.ProblemOfAsync(explain)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_service_without_a_picture_root_shows_no_picture()
    {
        await using var service = await RunningService.StartAsync(sample, options => options with { PictureRoot = null });
        using var thumbnail = await service.Client.GetAsync(new Uri($"/v1/pictures/{sample.Ids[0]}/thumbnail", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, thumbnail.StatusCode);
        var explained = await service.AskAsync("/v1/explain", $$"""{"query":"a tree","id":"{{sample.Ids[0]}}"}""");
        Assert.Equal("model_input", explained.GetProperty("size_of").GetString());
    }

    [Fact]
    public async Task A_picture_outside_the_root_is_not_read()
    {
        await using var service = await RunningService.StartAsync(
            sample, options => options with { PictureRoot = Path.Combine(Testing.GoldenFiles.Samples, "pictures") });
        using var thumbnail = await service.Client.GetAsync(new Uri($"/v1/pictures/{sample.Ids[0]}/thumbnail", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, thumbnail.StatusCode);
    }

    public static TheoryData<string, Func<FilipServerOptions, FilipServerOptions>> Invalid => new()
    {
        { "key", options => options with { Url = "http://0.0.0.0:0" } },
        { "key", options => options with { Url = "http://*:0" } },
        { "address", options => options with { Url = "https://127.0.0.1:0" } },
        { "address", options => options with { Url = "127.0.0.1" } },
        { "address", options => options with { Url = "http://example.org:80" } },
        { "MaxBodyBytes", options => options with { MaxBodyBytes = 0 } },
        { "MaxPictureBodyBytes", options => options with { MaxPictureBodyBytes = 1024 } },
        { "MaxConcurrent", options => options with { MaxConcurrent = 0 } },
        { "MaxQueued", options => options with { MaxQueued = -1 } },
        { "MaxDeadline", options => options with { MaxDeadline = TimeSpan.Zero } },
        { "PictureRoot", options => options with { PictureRoot = "/nowhere/at/all" } },
    };

    [Theory]
    [MemberData(nameof(Invalid))]
    public void Service_does_not_start_with_invalid_options(string says, Func<FilipServerOptions, FilipServerOptions> change)
    {
        var options = change(new FilipServerOptions { Engine = new SearchEngine(sample.Parts()), Url = "http://127.0.0.1:0" });
        var refused = Assert.ThrowsAny<ArgumentException>(() => FilipServer.Create(options));
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Defaults_of_the_service_are_the_documented_ones()
    {
        var options = new FilipServerOptions { Engine = new SearchEngine(sample.Parts()) };
        Assert.Equal("http://127.0.0.1:8080", options.Url);
        Assert.Equal(256 * 1024, options.MaxBodyBytes);
        Assert.Equal(10 * 1024 * 1024, options.MaxPictureBodyBytes);
        Assert.Equal(32, options.MaxQueued);
        Assert.Equal(0, options.Keys.Count);
    }

    [Fact]
    public void Keys_are_read_from_lists_and_files_and_short_ones_refused()
    {
        var keys = ApiKeys.Parse("# rotated in May\nfirst-key-1,second-key-2\n third-key-3 ");
        Assert.Equal(3, keys.Count);
        Assert.True(keys.Accept("third-key-3"));
        Assert.False(keys.Accept("third-key-"));
        Assert.False(keys.Accept("# rotated"));
        var refused = Assert.Throws<ArgumentException>(() => ApiKeys.Parse("short"));
        Assert.DoesNotContain("short,", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> InfoAsync(RunningService service, string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/info");
        request.Headers.TryAddWithoutValidation(header, value);
        using var response = await service.Client.SendAsync(request);
        return response.StatusCode;
    }
}

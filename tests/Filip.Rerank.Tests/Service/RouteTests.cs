using System.Net;
using System.Text.Json;
using Filip.Rerank.Tests.Search;

namespace Filip.Rerank.Tests.Service;

public sealed class RouteTests(SampleIndex sample, DefaultService service) : IClassFixture<DefaultService>
{
    private RunningService Service => service.Running;

    [Fact]
    public async Task Search_answers_exactly_the_documented_members()
    {
        var answer = await Service.AskAsync("/v1/search", """{"query":"a yellow flower","top":3,"candidates":20}""");
        Assert.Equal(["results", "degraded", "model", "generation", "kernel", "timings_ms"], Names(answer));
        Assert.False(answer.GetProperty("degraded").GetBoolean());
        Assert.Equal(["encode", "recall", "fetch", "score", "total"], Names(answer.GetProperty("timings_ms")));
        var results = answer.GetProperty("results");
        Assert.Equal(3, results.GetArrayLength());
        Assert.Equal(["id", "rank", "score", "recall_rank", "recall_score", "fields"], Names(results[0]));
    }

    [Fact]
    public async Task Search_explains_each_token_when_asked()
    {
        var answer = await Service.AskAsync("/v1/search", """{"query":"a yellow flower","top":2,"explain":true}""");
        foreach (var result in answer.GetProperty("results").EnumerateArray())
        {
            var sum = result.GetProperty("tokens").EnumerateArray().Sum(token => token.GetProperty("contribution").GetDouble());
            Assert.Equal(result.GetProperty("score").GetDouble(), sum, 1e-9);
        }
    }

    [Fact]
    public async Task Search_by_picture_finds_the_picture()
    {
        var file = Convert.ToBase64String(await File.ReadAllBytesAsync(SampleIndex.PictureFile(sample.Ids[4])));
        var answer = await Service.AskAsync("/v1/search", $$"""{"image_base64":"{{file}}","top":1}""");
        Assert.Equal(sample.Ids[4], answer.GetProperty("results")[0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task Stage_one_alone_answers_in_recall_order()
    {
        var answer = await Service.AskAsync("/v1/search", """{"query":"a yellow flower","mode":"recall","top":4}""");
        Assert.Equal([1, 2, 3, 4], answer.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("recall_rank").GetInt32()));
    }

    [Theory]
    [InlineData("""{"background":"plain"}""", "plain")]
    [InlineData("""{"background":["plain","nothing"]}""", "plain")]
    public async Task Filters_take_a_value_or_a_list(string filter, string background)
    {
        var answer = await Service.AskAsync("/v1/search", $$"""{"query":"a tree","filter":{{filter}}}""");
        Assert.NotEqual(0, answer.GetProperty("results").GetArrayLength());
        Assert.All(answer.GetProperty("results").EnumerateArray(), result =>
            Assert.Equal(background, result.GetProperty("fields").GetProperty("background").GetString()));
    }

    [Fact]
    public async Task Rerank_names_what_is_missing()
    {
        var answer = await Service.AskAsync(
            "/v1/rerank", $$"""{"query":"a tree","candidates":[{"id":"gone","score":1},{"id":"{{sample.Ids[0]}}"}],"missing":"drop"}""");
        Assert.Equal("gone", answer.GetProperty("missing")[0].GetString());
        Assert.Equal(sample.Ids[0], answer.GetProperty("results")[0].GetProperty("id").GetString());
        using var refused = await Service.PostAsync("/v1/rerank", """{"query":"a tree","candidates":[{"id":"gone"}],"missing":"error"}""");
        Assert.Equal("MISSING_PATCHES", (await RunningService.ProblemOfAsync(refused)).GetProperty("code").GetString());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
    }

    [Fact]
    public async Task Gateway_rerank_takes_ids_objects_and_members_of_other_services()
    {
        var answer = await Service.AskAsync("/v2/rerank", $$"""
            {"model":"rerank-v3.5","query":"a tree","max_tokens_per_doc":4096,"return_documents":true,"priority":3,
             "documents":["{{sample.Ids[0]}}",{"id":"{{sample.Ids[1]}}"},{"text":"{{sample.Ids[2]}}"},"gone"]}
            """);
        Assert.NotEmpty(answer.GetProperty("id").GetString()!);
        Assert.Equal([3], answer.GetProperty("meta").GetProperty("missing").EnumerateArray().Select(index => index.GetInt32()));
        foreach (var result in answer.GetProperty("results").EnumerateArray())
        {
            Assert.Equal(sample.Ids[result.GetProperty("index").GetInt32()], result.GetProperty("document").GetProperty("text").GetString());
        }
    }

    [Fact]
    public async Task Explain_says_which_patch_and_draws_it()
    {
        var body = $$"""{"query":"a yellow flower","id":"{{sample.Ids[2]}}","tokens":["flower"]}""";
        var answer = await Service.AskAsync("/v1/explain", body);
        Assert.Equal(
            answer.GetProperty("score").GetDouble(),
            answer.GetProperty("words").EnumerateArray().Sum(word => word.GetProperty("contribution").GetDouble()), 1e-9);
        var size = answer.GetProperty("size").EnumerateArray().Select(side => side.GetInt32()).ToList();
        Assert.Equal("picture", answer.GetProperty("size_of").GetString());
        Assert.All(answer.GetProperty("tokens").EnumerateArray(), token =>
        {
            var box = token.GetProperty("box").EnumerateArray().Select(side => side.GetDouble()).ToList();
            Assert.InRange(box[0] + box[2], 0.1, size[0]);
            Assert.InRange(box[1] + box[3], 0.1, size[1]);
        });

        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/explain")
        {
            Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
            Headers = { { "Accept", "image/png" } },
        };
        using var drawn = await Service.Client.SendAsync(request);
        Assert.Equal("image/png", drawn.Content.Headers.ContentType?.MediaType);
        var png = await drawn.Content.ReadAsByteArrayAsync();
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], png.Take(4));
    }

    [Theory]
    [InlineData("""{"query":"a tree","id":"gone"}""", HttpStatusCode.NotFound, "PICTURE_NOT_FOUND")]
    [InlineData("""{"query":"a tree","id":"scene-00000","tokens":["moon"]}""", HttpStatusCode.UnprocessableEntity, "INVALID_VALUE")]
    public async Task Explain_refuses_what_is_not_there(string body, HttpStatusCode status, string code)
    {
        using var response = await Service.PostAsync("/v1/explain", body);
        Assert.Equal(status, response.StatusCode);
        Assert.Equal(code, (await RunningService.ProblemOfAsync(response)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Answers_carry_timings_and_the_callers_request_id()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/search")
        {
            Content = new StringContent("""{"query":"a tree"}""", System.Text.Encoding.UTF8, "application/json"),
            Headers = { { "X-Request-Id", "page-42.a" } },
        };
        using var response = await Service.Client.SendAsync(request);
        Assert.Equal("page-42.a", response.Headers.GetValues("X-Request-Id").Single());
        Assert.Matches("encode;dur=[0-9.E-]+, recall;dur=", response.Headers.GetValues("Server-Timing").Single());
    }

    [Fact]
    public async Task Health_info_page_and_thumbnails_answer()
    {
        Assert.Equal("live", (await GetAsync("/health/live")).GetProperty("status").GetString());
        Assert.Equal("ready", (await GetAsync("/health/ready")).GetProperty("status").GetString());
        var info = await GetAsync("/info");
        Assert.Equal(sample.Stamp.Fingerprint, info.GetProperty("fingerprint").GetString());
        var limits = info.GetProperty("limits");
        Assert.Equal(1000, limits.GetProperty("max_candidates").GetInt32());
        Assert.Equal(262_144, limits.GetProperty("max_body_bytes").GetInt32());
        using var page = await Service.Client.GetAsync(new Uri("/", UriKind.Relative));
        Assert.Contains("v1/search", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var thumbnail = await Service.Client.GetAsync(new Uri($"/v1/pictures/{sample.Ids[0]}/thumbnail", UriKind.Relative));
        Assert.Equal("image/jpeg", thumbnail.Content.Headers.ContentType?.MediaType);
        using var gone = await Service.Client.GetAsync(new Uri("/v1/pictures/gone/thumbnail", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task OpenApi_lists_every_route()
    {
        var document = await GetAsync("/openapi/v1.json");
        var paths = Names(document.GetProperty("paths"));
        foreach (var route in new[] { "/v1/search", "/v1/rerank", "/v2/rerank", "/v1/explain", "/health/live", "/health/ready", "/info" })
        {
            Assert.Contains(route, paths);
        }

        var text = document.GetRawText();
        Assert.Contains("deadline_ms", text, StringComparison.Ordinal);
        Assert.Contains("top_n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_name_the_stages_the_candidates_and_the_caches()
    {
        await Service.AskAsync("/v1/search", """{"query":"a metric tree"}""");
        await Service.AskAsync("/v1/rerank", """{"query":"a metric tree","candidates":[{"id":"gone"}]}""");
        var text = await Service.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        foreach (var name in new[]
        {
            "filip_stage_duration_seconds_bucket", "stage=\"encode\"", "stage=\"recall\"", "stage=\"fetch\"", "stage=\"score\"",
            "filip_candidates", "filip_degraded", "reason=\"patches_missing\"", "filip_missing_patches", "filip_cache_lookups",
            "http_server_request_duration_seconds",
        })
        {
            Assert.Contains(name, text, StringComparison.Ordinal);
        }
    }

    private async Task<JsonElement> GetAsync(string route) =>
        JsonElement.Parse(await Service.Client.GetStringAsync(new Uri(route, UriKind.Relative)));

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(member => member.Name);
}

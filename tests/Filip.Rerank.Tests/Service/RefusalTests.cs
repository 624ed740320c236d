using System.Net;
using System.Text;

namespace Filip.Rerank.Tests.Service;

public sealed class RefusalTests(DefaultService service) : IClassFixture<DefaultService>
{
    private RunningService Service => service.Running;

    public static TheoryData<string, string, int, string, string> Bodies => new()
    {
        { "/v1/search", "", 400, "MALFORMED_JSON", "" },
        { "/v1/search", "{", 400, "MALFORMED_JSON", "line 1" },
        { "/v1/search", "[]", 400, "MALFORMED_JSON", "a list" },
        { "/v1/search", "null", 400, "MALFORMED_JSON", "null" },
        { "/v1/search", "{}", 400, "MISSING_FIELD", "query" },
        { "/v1/search", """{"query":null}""", 400, "MISSING_FIELD", "query" },
        { "/v1/search", """{"query":"a","query":"b"}""", 400, "MALFORMED_JSON", "repeats" },
        { "/v1/search", """{"query":"a","tpo":5}""", 400, "UNKNOWN_FIELD", "tpo" },
        { "/v1/search", """{"query":7}""", 400, "INVALID_VALUE", "query" },
        { "/v1/search", """{"query":"a","top":"5"}""", 400, "INVALID_VALUE", "whole number" },
        { "/v1/search", """{"query":"a","top":1e400}""", 400, "INVALID_VALUE", "top" },
        { "/v1/search", """{"query":"a","top":99999999999}""", 400, "INVALID_VALUE", "top" },
        { "/v1/search", """{"query":"a","top":0}""", 422, "INVALID_VALUE", "top" },
        { "/v1/search", """{"query":"a","top":1001}""", 422, "TOO_MANY_CANDIDATES", "1000" },
        { "/v1/search", """{"query":"a","candidates":1001}""", 422, "TOO_MANY_CANDIDATES", "1000" },
        { "/v1/search", """{"query":"a","mode":"fast"}""", 400, "INVALID_VALUE", "mode" },
        { "/v1/search", """{"query":"a","deadline_ms":0}""", 422, "INVALID_VALUE", "deadline_ms" },
        { "/v1/search", """{"query":"a","deadline_ms":10001}""", 422, "INVALID_VALUE", "deadline_ms" },
        { "/v1/search", """{"query":"  "}""", 422, "EMPTY_QUERY", "token" },
        { "/v1/search", """{"query":"\ud800"}""", 400, "MALFORMED_JSON", "surrogate" },
        { "/v1/search", """{"query":"a","image_base64":"AAAA"}""", 422, "INVALID_VALUE", "picture" },
        { "/v1/search", """{"image_base64":"AAAA"}""", 422, "INVALID_PICTURE", "picture" },
        { "/v1/search", """{"image_base64":"!"}""", 400, "INVALID_VALUE", "base64" },
        { "/v1/search", """{"query":"a","filter":{"x":{"y":1}}}""", 422, "INVALID_FILTER", "'x'" },
        { "/v1/search", """{"query":"a","filter":{"x":[]}}""", 422, "INVALID_FILTER", "'x'" },
        { "/v1/search", """{"query":"a","filter":{"x":[[1]]}}""", 422, "INVALID_FILTER", "'x'" },
        { "/v1/search", """{"query":"a","filter":{"x":1e999}}""", 422, "INVALID_FILTER", "'x'" },
        { "/v1/search", """{"query":"a","filter":{"":1}}""", 422, "INVALID_FILTER", "field" },
        { "/v1/search", """{"query":"a","filter":{"x":1,"x":2}}""", 400, "MALFORMED_JSON", "" },
        { "/v1/search", """{"query":"a","filter":3}""", 400, "INVALID_VALUE", "filter" },
        { "/v1/rerank", """{"query":"a"}""", 400, "MISSING_FIELD", "candidates" },
        { "/v1/rerank", """{"query":"a","candidates":[]}""", 422, "NO_CANDIDATES", "candidate" },
        { "/v1/rerank", """{"query":"a","candidates":[null]}""", 400, "MISSING_FIELD", "candidates[0].id" },
        { "/v1/rerank", """{"query":"a","candidates":[{"id":""}]}""", 422, "INVALID_VALUE", "candidates[0].id" },
        { "/v1/rerank", """{"query":"a","candidates":[{"id":"x","skore":1}]}""", 400, "UNKNOWN_FIELD", "candidates[0].skore" },
        { "/v1/rerank", """{"query":"a","candidates":[{"id":"x","score":1e999}]}""", 422, "INVALID_VALUE", "score" },
        { "/v1/rerank", """{"query":"a","candidates":[{"id":"x"}],"missing":"maybe"}""", 400, "INVALID_VALUE", "missing" },
        { "/v2/rerank", """{"query":"a"}""", 400, "MISSING_FIELD", "documents" },
        { "/v2/rerank", """{"query":"a","documents":[1]}""", 400, "INVALID_VALUE", "documents[0]" },
        { "/v2/rerank", """{"query":"","documents":["x"]}""", 422, "EMPTY_QUERY", "token" },
        { "/v1/explain", """{"query":"a"}""", 400, "MISSING_FIELD", "id" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_bad_body_is_refused_by_name(string route, string body, int status, string code, string says)
    {
        using var response = await Service.PostAsync(route, body);
        var problem = await RunningService.ProblemOfAsync(response);
        Assert.Equal((status, code), ((int)response.StatusCode, problem.GetProperty("code").GetString()));
        Assert.Contains(says, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limits_on_length_and_number_hold_to_the_last_one()
    {
        await Service.AskAsync("/v1/search", $$"""{"query":"{{new string('a', 512)}}"}""");
        await Service.AskAsync("/v1/search", $$"""{"query":"a {{string.Concat(Enumerable.Repeat("\U0001F642", 510))}}"}""");
        await RefusedAsync("/v1/search", $$"""{"query":"{{new string('a', 513)}}"}""", 422, "QUERY_TOO_LONG");
        await Service.AskAsync("/v1/rerank", $$"""{"query":"a","candidates":[{{Many(1000, "{\"id\":\"x\"}")}}]}""");
        await RefusedAsync("/v1/rerank", $$"""{"query":"a","candidates":[{{Many(1001, "{\"id\":\"x\"}")}}]}""", 422, "TOO_MANY_CANDIDATES");
        await RefusedAsync("/v2/rerank", $$"""{"query":"a","documents":[{{Many(1001, "\"x\"")}}]}""", 422, "TOO_MANY_CANDIDATES");
    }

    [Fact]
    public async Task Bodies_over_the_limit_are_413()
    {
        var text = new string(' ', 256 * 1024);
        await RefusedAsync("/v1/rerank", text, 400, "MALFORMED_JSON");
        await RefusedAsync("/v1/rerank", text + " ", 413, "BODY_TOO_LARGE");
        await RefusedAsync("/v1/search", $$"""{"query":"a"{{text}}}""", 413, "BODY_TOO_LARGE");
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/v1/rerank");
        chunked.Content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(text + text)));
        chunked.Content.Headers.ContentType = new("application/json");
        chunked.Headers.TransferEncodingChunked = true;
        using var response = await Service.Client.SendAsync(chunked);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        await RunningService.ProblemOfAsync(response);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("application/json; charset=utf-16")]
    public async Task Another_content_type_is_415(string type)
    {
        using var response = await Service.PostAsync("/v1/search", """{"query":"a"}"""u8.ToArray(), type);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        await RunningService.ProblemOfAsync(response);
    }

    [Fact]
    public async Task Unknown_routes_and_methods_are_problems_too()
    {
        using var unknown = await Service.Client.GetAsync(new Uri("/v9/search", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Equal("NOT_FOUND", (await RunningService.ProblemOfAsync(unknown)).GetProperty("code").GetString());
        using var method = await Service.Client.GetAsync(new Uri("/v1/search", UriKind.Relative));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, method.StatusCode);
        Assert.Equal("METHOD_NOT_ALLOWED", (await RunningService.ProblemOfAsync(method)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Nesting_is_taken_to_its_limit_and_no_further()
    {
        await RefusedAsync("/v1/search", $$$"""{"query":"a","filter":{"x":{{{new string('[', 200_000)}}}}}""", 400, "MALFORMED_JSON");
        await RefusedAsync("/v1/search", $$$"""{"query":"a","filter":{"x":{{{new string('[', 20)}}}{{{new string(']', 20)}}}}}""", 422, "INVALID_FILTER");
    }

    private async Task RefusedAsync(string route, string body, int status, string code)
    {
        using var response = await Service.PostAsync(route, body);
        var problem = await RunningService.ProblemOfAsync(response);
        Assert.Equal((status, code), ((int)response.StatusCode, problem.GetProperty("code").GetString()));
    }

    private static string Many(int count, string item) => string.Join(',', Enumerable.Repeat(item, count));
}

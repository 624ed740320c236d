using System.Text;
using Filip.Recall.Elastic;
using Filip.Rerank.Service;

namespace Filip.Elastic.Tests.DropIn;

/// <summary>What travels to Elasticsearch is the caller's: its credentials, and no others.</summary>
[Collection(DropInServer.Collection)]
public sealed class CredentialTests(DropInServer server) : IAsyncLifetime
{
    private const string OwnKey = "key-of-the-service";
    private const string OwnPassword = "password-of-the-service";

    private static readonly string[] s_passed =
    [
        "Accept", "Accept-Encoding", "Authorization", "Content-Length", "Content-Type", "es-security-runas-user", "Host", "traceparent",
        "tracestate", "User-Agent", "X-Elastic-Client-Meta", "X-Elastic-Product-Origin", "X-Opaque-Id",
    ];

    private RecordingProxy? _proxy;
    private HttpClient _service = null!;

    public async ValueTask InitializeAsync()
    {
        _ = RealElastic.Url;
        _proxy = await RecordingProxy.StartAsync();
        var url = _proxy.Url.Replace("http://", $"http://service:{OwnPassword}@", StringComparison.Ordinal);
        _service = await server.StartAsync(
            server.Options(_proxy.Url) with { Address = ElasticAddress.Parse($"{url}/{server.Pictures}") }, ApiKeys.Parse(OwnKey));
    }

    public async ValueTask DisposeAsync()
    {
        if (_proxy is not null)
        {
            await _proxy.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("{}", 1)]
    [InlineData("""{"filip":{"query":"a yellow flower","window":20},"size":5}""", 2)]
    [InlineData("""{"filip":{"query":"a yellow flower","window":20},"size":0}""", 1)]
    public async Task The_callers_credentials_travel_and_the_services_never_do(string body, int requests)
    {
        var caller = "ApiKey Y2FsbGVyOnNlY3JldA==";
        var answer = await Page.AskAsync(_service, server.Pictures, body, with: message =>
        {
            Add(message, "X-Api-Key", OwnKey);
            Add(message, "Authorization", caller);
            Add(message, "es-security-runas-user", "somebody");
            Add(message, "X-Opaque-Id", "order 66");
            Add(message, "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
            Add(message, "tracestate", "a=b");
            Add(message, "X-Elastic-Client-Meta", "es=9.0,hl=1");
            Add(message, "User-Agent", "shop/1.0");
            Add(message, "Cookie", "session=secret");
            Add(message, "X-Forwarded-For", "10.0.0.1");
            Add(message, "X-Request-Id", "r-1");
        });
        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal(requests, _proxy!.Seen.Count);
        foreach (var (_, _, headers, _) in _proxy.Seen)
        {
            Assert.Equal(caller, headers["Authorization"]);
            Assert.Equal("somebody", headers["es-security-runas-user"]);
            Assert.Equal("order 66", headers["X-Opaque-Id"]);
            Assert.Equal("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", headers["traceparent"]);
            Assert.Equal("shop/1.0", headers["User-Agent"]);
            Assert.Empty(headers.Keys.Except(s_passed, StringComparer.OrdinalIgnoreCase));
        }

        HoldNothingOfTheService();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer " + OwnKey)]
    [InlineData("bearer   " + OwnKey)]
    public async Task Without_credentials_of_the_callers_own_none_travel(string? authorization)
    {
        var answer = await Page.AskAsync(_service, server.Pictures, """{"filip":{"query":"a yellow flower","window":20}}""", with: message =>
        {
            Add(message, authorization is null ? "X-Api-Key" : "Authorization", authorization ?? OwnKey);
        });
        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal(2, _proxy!.Seen.Count);
        Assert.All(_proxy.Seen, request => Assert.False(request.Headers.ContainsKey("Authorization")));
        HoldNothingOfTheService();
    }

    [Fact]
    public async Task A_bearer_token_for_Elasticsearch_passes_beside_the_services_key()
    {
        var answer = await Page.AskAsync(_service, server.Pictures, "{}", with: message =>
        {
            Add(message, "X-Api-Key", OwnKey);
            Add(message, "Authorization", "Bearer token-for-elasticsearch");
        });
        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal("Bearer token-for-elasticsearch", Assert.Single(_proxy!.Seen).Headers["Authorization"]);
    }

    [Fact]
    public async Task Without_the_services_key_nothing_travels()
    {
        var answer = await Page.AskAsync(
            _service, server.Pictures, "{}", with: message => Add(message, "Authorization", "ApiKey Y2FsbGVyOnNlY3JldA=="));
        Assert.Equal(401, answer.Status);
        Assert.Empty(_proxy!.Seen);
    }

    [Fact]
    public async Task Body_and_URL_arrive_as_they_were_sent()
    {
        const string Body = "{ \"size\" : 1.0e0, \"query\":{\"match\":{\"title\":\"\\u0079ell\u00f6w\"}} , \"_source\":false }\n";
        const string Query = "?q=%7Ea%2fb+c%20d&&request_cache=false&preference=x%41";
        _service.DefaultRequestHeaders.Clear();
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(
            _service.BaseAddress + server.Shop + "/_search" + Query, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }))
        {
            Content = new StringContent(Body, Encoding.UTF8, "application/json"),
        };
        Add(message, "X-Api-Key", OwnKey);
        using var response = await _service.SendAsync(message, TestContext.Current.CancellationToken);
        var (url, method, headers, body) = Assert.Single(_proxy!.Seen);
        Assert.Equal($"/{server.Shop}/_search{Query}", url);
        Assert.Equal("POST", method);
        Assert.Equal(Body, Encoding.UTF8.GetString(body));
        Assert.Equal("application/json; charset=utf-8", headers["Content-Type"]);
    }

    [Fact]
    public async Task A_changed_body_keeps_every_other_byte()
    {
        const string Body = """{"query": {"constant_score": {"filter":{"exists":{"field":"price"}},"boost": 1.50E+0}} , "filip":{"query":"a yellow flower","window":20}, "from":5,"size" : 3,"_source":[ "title" ]}""";
        var answer = await Page.AskAsync(_service, server.Shop, Body, with: message => Add(message, "X-Api-Key", OwnKey));
        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal(
            """{"query": {"constant_score": {"filter":{"exists":{"field":"price"}},"boost": 1.50E+0}} , "from":0,"size" : 20,"_source":[ "title" ]}""",
            Encoding.UTF8.GetString(_proxy!.Seen.First().Body));
    }

    private void HoldNothingOfTheService()
    {
        foreach (var (url, _, headers, body) in _proxy!.Seen)
        {
            var all = $"{url} {string.Join(' ', headers.Values)} {Encoding.UTF8.GetString(body)}";
            Assert.DoesNotContain(OwnKey, all, StringComparison.Ordinal);
            Assert.DoesNotContain(OwnPassword, all, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes($"service:{OwnPassword}")), all, StringComparison.Ordinal);
        }
    }

    private static void Add(HttpRequestMessage message, string name, string value) =>
        Assert.True(message.Headers.TryAddWithoutValidation(name, value));
}

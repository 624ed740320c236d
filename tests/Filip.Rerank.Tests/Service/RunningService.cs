using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Filip.Rerank.Patches;
using Filip.Rerank.Search;
using Filip.Rerank.Service;
using Filip.Rerank.Tests.Search;
using Filip.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Filip.Rerank.Tests.Service;

/// <summary>The real service on a real port.</summary>
public sealed class RunningService : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningService(WebApplication app)
    {
        _app = app;
        Client = new HttpClient { BaseAddress = new Uri(FilipServer.UrlOf(app)) };
    }

    public HttpClient Client { get; }

    public static async Task<RunningService> StartAsync(
        SampleIndex sample,
        Func<FilipServerOptions, FilipServerOptions>? configure = null,
        IPatchStore? store = null,
        Func<SearchEngineParts, SearchEngineParts>? parts = null)
    {
        var built = sample.Parts(store);
        var options = new FilipServerOptions
        {
            Engine = new SearchEngine(parts?.Invoke(built) ?? built),
            Url = "http://127.0.0.1:0",
            PictureRoot = GoldenFiles.Samples,
            LogLevel = LogLevel.Critical,
        };
        var app = FilipServer.Create(configure?.Invoke(options) ?? options);
        await app.StartAsync();
        return new RunningService(app);
    }

    public Task<HttpResponseMessage> PostAsync(string route, string json) => PostAsync(route, Encoding.UTF8.GetBytes(json));

    public async Task<HttpResponseMessage> PostAsync(string route, byte[] body, string contentType = "application/json")
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return await Client.PostAsync(new Uri(route, UriKind.Relative), content);
    }

    public async Task<JsonElement> AskAsync(string route, string json)
    {
        using var response = await PostAsync(route, json);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{response.StatusCode}: {body}");
        return JsonElement.Parse(body);
    }

    /// <summary>The problem of a refusal, checked for its form.</summary>
    public static async Task<JsonElement> ProblemOfAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(
            response.Content.Headers.ContentType?.MediaType == "application/problem+json",
            $"{(int)response.StatusCode} {response.Content.Headers.ContentType} {body}");
        var problem = JsonElement.Parse(body);
        Assert.Equal((int)response.StatusCode, problem.GetProperty("status").GetInt32());
        Assert.Matches("^[A-Z_]+$", problem.GetProperty("code").GetString()!);
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        Assert.StartsWith("urn:filip:problem:", problem.GetProperty("type").GetString(), StringComparison.Ordinal);
        Assert.Equal(response.Headers.GetValues("X-Request-Id").Single(), problem.GetProperty("request_id").GetString());
        Assert.DoesNotContain("System.", body, StringComparison.Ordinal);
        return problem;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

/// <summary>One service with all defaults for the tests that change nothing about it.</summary>
public sealed class DefaultService(SampleIndex sample) : IAsyncLifetime
{
    public RunningService Running { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Running = await RunningService.StartAsync(sample);

    public ValueTask DisposeAsync() => Running.DisposeAsync();
}

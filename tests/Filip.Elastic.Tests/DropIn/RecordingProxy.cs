using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Filip.Elastic.Tests.DropIn;

/// <summary>Stands between the service and the real Elasticsearch: keeps what travels, and misbehaves where it is told to.</summary>
internal sealed class RecordingProxy : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _elastic = new(new SocketsHttpHandler { UseCookies = false });

    private RecordingProxy(WebApplication app) => _app = app;

    /// <summary>Requests in the order in which they came.</summary>
    public ConcurrentQueue<(string Url, string Method, Dictionary<string, string> Headers, byte[] Body)> Seen { get; } = new();

    /// <summary>Answers in Elasticsearch's place; true where it did.</summary>
    public Func<HttpContext, Task<bool>> Intercept { get; set; } = _ => Task.FromResult(false);

    public string Url => _app.Urls.Single();

    /// <summary>Whether a request is the service's own search for patches.</summary>
    public static bool IsForPatches(string accept) => accept == "application/cbor";

    public static async Task<RecordingProxy> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var proxy = new RecordingProxy(builder.Build());
        proxy._app.Run(proxy.AnswerAsync);
        await proxy._app.StartAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _elastic.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var url = context.Request.Path.Value + context.Request.QueryString.Value;
        Seen.Enqueue((
            url, context.Request.Method,
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body.ToArray()));
        if (await Intercept(context))
        {
            return;
        }

        using var message = new HttpRequestMessage(new HttpMethod(context.Request.Method), RealElastic.Url + url)
        {
            Content = new ByteArrayContent(body.ToArray()),
        };
        foreach (var name in new[] { "Accept", "Content-Type", "Content-Encoding", "X-Opaque-Id" })
        {
            if (context.Request.Headers.TryGetValue(name, out var value)
                && !message.Headers.TryAddWithoutValidation(name, value.ToString()))
            {
                message.Content.Headers.TryAddWithoutValidation(name, value.ToString());
            }
        }

        using var answer = await _elastic.SendAsync(message, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        context.Response.Headers["X-Elastic-Product"] = "Elasticsearch";
        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}

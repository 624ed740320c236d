using System.Collections.Concurrent;
using Filip.Recall.Elastic;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Filip.Elastic.Tests.Stub;

/// <summary>A server that speaks as much of Elasticsearch as an indexing job asks for, and misbehaves on command.</summary>
internal sealed class StubElastic : IAsyncDisposable
{
    public const string Index = "stub";

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<string> _asked = new();
    private string? _mapping;
    private bool _promoted;
    private int _bulks;

    private StubElastic(WebApplication app) => _app = app;

    /// <summary>What it holds: id to content hash.</summary>
    public ConcurrentDictionary<string, string> Documents { get; } = new(StringComparer.Ordinal);

    /// <summary>How each bulk is treated; by default it is applied and answered.</summary>
    public Func<StubBulk, Task> OnBulk { get; set; } = bulk => bulk.Apply().AnswerItemsAsync();

    /// <summary>How each search is answered: a status and a body.</summary>
    public Func<(int Status, string Body)> OnSearch { get; set; } = () => (200, RecordedAnswers.Recall("partial-search-knn"));

    /// <summary>Longest body it says that it takes.</summary>
    public long MostBodyBytes { get; set; } = 100 * 1024 * 1024;

    /// <summary>The version it says that it is.</summary>
    public string Version { get; set; } = "9.5.3";

    /// <summary>How many bulks have come.</summary>
    public int Bulks => Volatile.Read(ref _bulks);

    /// <summary>Every request so far, method and path.</summary>
    public IReadOnlyList<string> Asked => [.. _asked];

    /// <summary>The media types of the last request, as it asked to be answered and as it was sent.</summary>
    public (string? Accept, string? ContentType) Spoken { get; private set; }

    public Uri Url { get; private set; } = null!;

    public static async Task<StubElastic> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var stub = new StubElastic(app);
        app.Run(stub.AnswerAsync);
        await app.StartAsync();
        stub.Url = new Uri(app.Urls.First());
        return stub;
    }

    /// <summary>A connection to this stub, or to several, without credentials of the environment.</summary>
    public ElasticConnection Connect(ElasticOptions? options = null, ElasticCredentials? credentials = null, params StubElastic[] others) => new(
        ElasticAddress.Parse($"http://{string.Join(',', others.Prepend(this).Select(stub => stub.Url.Authority))}/{Index}"),
        credentials ?? new ElasticCredentials(),
        options ?? new ElasticOptions { RetryDelay = TimeSpan.FromMilliseconds(1), BulkTimeout = TimeSpan.FromSeconds(1) });

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    public static async Task JsonAsync(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        context.Response.Headers["X-Elastic-Product"] = "Elasticsearch";
        var (method, path) = (context.Request.Method, context.Request.Path.Value!);
        _asked.Enqueue($"{method} {path}");
        Spoken = (context.Request.Headers.Accept, context.Request.ContentType);
        if (path.EndsWith("/_bulk", StringComparison.Ordinal))
        {
            var bulk = await StubBulk.ReadAsync(context, this, Interlocked.Increment(ref _bulks));
            await OnBulk(bulk);
            return;
        }

        var (status, body) = await OtherAsync(context, method, path);
        await JsonAsync(context, status, body);
    }

    private async Task<(int Status, string Body)> OtherAsync(HttpContext context, string method, string path)
    {
        switch (method, path.Split('/')[^1])
        {
            case ("GET", ""):
                return (200, $$$$$$"""{"version":{"number":"{{{{{{Version}}}}}}"},"tagline":"You Know, for Search"}""");
            case ("GET", "http"):
                return (200, $$$$$$"""{"nodes":{"n":{"http":{"max_content_length_in_bytes":{{{{{{MostBodyBytes}}}}}}}}}}""");
            case ("GET", Index) when path.StartsWith("/_alias", StringComparison.Ordinal):
                return _promoted ? (200, $$$$$$"""{"{{{{{{Index}}}}}}-000001":{"aliases":{}}}""") : (404, """{"error":"alias missing","status":404}""");
            case ("GET", "_settings"):
                return (200, _mapping is null ? "{}" : $$$$$$"""{"{{{{{{Index}}}}}}-000001":{"settings":{"index":{"uuid":"u"}}}}""");
            case ("GET", "_mapping") when _mapping is not null && (_promoted || path.Contains("-000001", StringComparison.Ordinal)):
                return (200, $$$$$$"""{"{{{{{{Index}}}}}}-000001":{{{{{{_mapping}}}}}}}""");
            case ("GET", "_mapping"):
                return (404, """{"error":{"type":"index_not_found_exception","reason":"no such index"},"status":404}""");
            case ("GET", "health"):
                return (200, """{"number_of_data_nodes":1}""");
            case ("PUT", $"{Index}-000001"):
                using (var reader = new StreamReader(context.Request.Body))
                {
                    _mapping = await reader.ReadToEndAsync();
                }

                return (200, """{"acknowledged":true}""");
            case ("POST", "_refresh"):
                return (200, """{"_shards":{"total":1,"successful":1,"failed":0}}""");
            case ("POST", "_aliases"):
                _promoted = true;
                return (200, """{"acknowledged":true}""");
            case ("PUT", "_settings"):
                return (200, """{"acknowledged":true}""");
            case ("GET", "_count"):
                return (200, $$$$$$"""{"count":{{{{{{Documents.Count}}}}}},"_shards":{"total":1,"successful":1,"failed":0}}""");
            case ("GET", "_segments"):
                return (200, "{}");
            case ("POST", "_search"):
                return OnSearch();
            default:
                return (400, $$$$$$"""{"error":{"type":"stub","reason":"no answer to {{{{{{method}}}}}} here"},"status":400}""");
        }
    }
}

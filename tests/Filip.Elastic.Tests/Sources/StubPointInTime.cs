using System.Text;
using System.Text.Json.Nodes;
using Filip.Recall.Elastic;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Filip.Elastic.Tests.Sources;

/// <summary>A server that gives points in time on an index of numbered documents, and loses them on command.</summary>
internal sealed class StubPointInTime : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly int _documents;
    private int _opened;
    private int _pages;

    private StubPointInTime(WebApplication app, int documents)
    {
        _app = app;
        _documents = documents;
    }

    /// <summary>What becomes of a page (numbered from 1 over all views): its whole answer in, what is sent out.</summary>
    public Func<int, JsonObject, (int Status, JsonObject Body)> OnPage { get; set; } = (_, whole) => (200, whole);

    /// <summary>The index's UUID at each opening of a view.</summary>
    public Func<int, string> Uuid { get; set; } = _ => "one";

    /// <summary>Views that were opened.</summary>
    public int Opened => Volatile.Read(ref _opened);

    /// <summary>Requests that only kept a view alive.</summary>
    public int Renewals { get; private set; }

    /// <summary>Views that were given back.</summary>
    public int Closed { get; private set; }

    public static async Task<StubPointInTime> StartAsync(int documents)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var stub = new StubPointInTime(app, documents);
        app.Run(stub.AnswerAsync);
        await app.StartAsync();
        return stub;
    }

    public ElasticConnection Connect() => new(
        ElasticAddress.Parse($"{_app.Urls.First()}/products"), new ElasticCredentials(), new ElasticOptions { Retries = 0 });

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        context.Response.Headers["X-Elastic-Product"] = "Elasticsearch";
        var (status, body) = (context.Request.Method, context.Request.Path.Value!.Split('/')[^1]) switch
        {
            ("GET", "_mapping") => (200, """{"products":{"mappings":{}}}"""),
            ("GET", "index.uuid") => (200, $$$$$"""{"products":{"settings":{"index":{"uuid":"{{{{{Uuid(Opened)}}}}}"}}}}"""),
            ("POST", "_pit") => (200, $$"""{"id":"view-{{Interlocked.Increment(ref _opened)}}"}"""),
            ("DELETE", "_pit") => (200, $$$"""{"succeeded":true,"num_freed":{{{++Closed}}}}"""),
            _ => await PageAsync(context),
        };
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body);
    }

    private async Task<(int Status, string Body)> PageAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var asked = JsonNode.Parse(await reader.ReadToEndAsync())!;
        Assert.Equal("false", context.Request.Query["allow_partial_search_results"]);
        var size = asked["size"]!.GetValue<int>();
        if (size == 0)
        {
            Renewals++;
            return (200, Answer([]).ToJsonString());
        }

        var after = asked["search_after"]?[0]!.GetValue<int>() ?? -1;
        var (status, body) = OnPage(++_pages, Answer(Enumerable.Range(after + 1, Math.Min(size, _documents - after - 1))));
        return (status, body.ToJsonString());
    }

    private JsonObject Answer(IEnumerable<int> numbers) => new()
    {
        ["timed_out"] = false,
        ["_shards"] = new JsonObject { ["total"] = 3, ["successful"] = 3, ["skipped"] = 0, ["failed"] = 0 },
        ["hits"] = new JsonObject
        {
            ["total"] = new JsonObject { ["value"] = _documents, ["relation"] = "eq" },
            ["hits"] = new JsonArray([.. numbers.Select(number => new JsonObject
            {
                ["_index"] = "products",
                ["_id"] = $"d{number}",
                ["_source"] = new JsonObject { ["path"] = $"{number}.jpg" },
                ["sort"] = new JsonArray(number),
            })]),
        },
    };
}

using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Filip.Elastic.Tests.DropIn;

/// <summary>Stage two may fail, the page may not; and what Elasticsearch refuses is refused as it says.</summary>
[Collection(DropInServer.Collection)]
public sealed class FaultTests(DropInServer server) : IAsyncLifetime
{
    private const string Search = """{"size":5,"filip":{"query":"a yellow flower","window":40}}""";

    private RecordingProxy? _proxy;
    private HttpClient _service = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _ = RealElastic.Url;
        _proxy = await RecordingProxy.StartAsync();
        _service = await server.StartAsync(server.Options(_proxy.Url) with { Timeout = TimeSpan.FromSeconds(20) });
    }

    public async ValueTask DisposeAsync()
    {
        if (_proxy is not null)
        {
            await _proxy.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("slow", "deadline")]
    [InlineData("500", "patch_store")]
    [InlineData("429", "patch_store")]
    [InlineData("cut", "patch_store")]
    [InlineData("html", "patch_store")]
    [InlineData("other bytes", "corrupt")]
    [InlineData("none", "patches_missing")]
    public async Task Patches_that_fail_cost_the_new_order_and_not_the_page(string fault, string reason)
    {
        var plain = await Page.AskAsync(server.Direct, server.Pictures, """{"size":5}""");
        _proxy!.Intercept = context => RecordingProxy.IsForPatches(context.Request.Headers.Accept.ToString())
            ? FailAsync(context, fault, plain)
            : Task.FromResult(false);
        var deadline = fault == "slow" ? 1_500 : 60_000;
        var answer = await Page.AskAsync(
            _service, server.Pictures, Search.Replace("40}", $"40,\"deadline_ms\":{deadline}}}", StringComparison.Ordinal));
        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal(reason, answer.Reason);
        Assert.True(answer.Note.GetProperty("degraded").GetBoolean());
        Assert.Equal(0, answer.Note.GetProperty("reranked").GetInt32());
        Assert.Equal(Page.Members(plain.Root, "took"), Page.Members(answer.Root, "took", "ext"));
    }

    [Fact]
    public async Task Shards_that_do_not_answer_are_told_and_the_rest_is_ranked()
    {
        var found = await Page.AskAsync(server.Direct, server.Pictures, """{"size":40}""");
        _proxy!.Intercept = async context =>
        {
            if (RecordingProxy.IsForPatches(context.Request.Headers.Accept.ToString()))
            {
                return false;
            }

            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(found.Text.Replace("\"failed\":0", "\"failed\":1", StringComparison.Ordinal), Stop);
            return true;
        };
        var answer = await Page.AskAsync(_service, server.Pictures, Search);
        Assert.Equal("partial_recall", answer.Reason);
        Assert.Equal(40, answer.Note.GetProperty("reranked").GetInt32());
        Assert.Equal(answer.Hits.Select(hit => Page.Score(hit)).OrderDescending(), answer.Hits.Select(hit => Page.Score(hit)));
    }

    [Theory]
    [InlineData(429, """{"error":{"type":"es_rejected_execution_exception"},"status":429}""")]
    [InlineData(503, """{"error":{"type":"search_phase_execution_exception"},"status":503}""")]
    [InlineData(401, """{"error":{"type":"security_exception"},"status":401}""")]
    [InlineData(403, """{"error":{"type":"security_exception"},"status":403}""")]
    public async Task Refusals_of_Elasticsearch_come_through_as_they_are(int status, string body)
    {
        _proxy!.Intercept = async context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"security\"";
            await context.Response.WriteAsync(body, Stop);
            return true;
        };
        foreach (var search in new[] { "{}", Search })
        {
            var answer = await Page.AskAsync(_service, server.Pictures, search);
            Assert.Equal((status, body), (answer.Status, answer.Text));
            Assert.Equal("Elasticsearch", answer.Product);
        }
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("no search")]
    [InlineData("slow")]
    public async Task An_answer_that_is_no_page_is_a_problem_of_what_is_behind(string fault)
    {
        using var service = await server.StartAsync(
            server.Options(_proxy!.Url) with { Timeout = fault == "slow" ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromSeconds(20) });
        _proxy.Intercept = async context =>
        {
            context.Response.ContentType = "application/json";
            if (fault == "slow")
            {
                await context.Response.WriteAsync("{", Stop);
                await context.Response.Body.FlushAsync(Stop);
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                return true;
            }

            await context.Response.WriteAsync(fault == "cut" ? """{"took":1,"hits":{"hits":[{"_id":""" : "[1,2]", Stop);
            return true;
        };
        var answer = await Page.AskAsync(service, server.Pictures, Search);
        Assert.Equal((503, "application/problem+json", "Elasticsearch"), (answer.Status, answer.ContentType, answer.Product));
        Assert.Equal("RECALL_UNAVAILABLE", answer.Root.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Without_Elasticsearch_there_is_a_problem_and_the_service_lives()
    {
        int port;
        using (var taken = new TcpListener(IPAddress.Loopback, 0))
        {
            taken.Start();
            port = ((IPEndPoint)taken.LocalEndpoint).Port;
        }

        using var service = await server.StartAsync(server.Options($"http://127.0.0.1:{port}"));
        foreach (var search in new[] { "{}", Search })
        {
            var answer = await Page.AskAsync(service, server.Pictures, search);
            Assert.Equal((503, "application/problem+json", "Elasticsearch"), (answer.Status, answer.ContentType, answer.Product));
        }

        using var live = await service.GetAsync(new Uri("health/live", UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);

        using var two = await server.StartAsync(server.Options($"http://127.0.0.1:{port},{new Uri(RealElastic.Url).Authority}"));
        for (var i = 0; i < 4; i++)
        {
            var answer = await Page.AskAsync(two, server.Pictures, i % 2 == 0 ? Search : "{}");
            Assert.True(answer.Status == 200, answer.Text);
            Assert.DoesNotContain("\"degraded\":true", answer.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_window_too_large_to_be_read_is_refused_in_a_sentence()
    {
        using var service = await server.StartAsync(server.Options(RealElastic.Url) with { MaxAnswerBytes = 64 << 10, MaxBodyBytes = 2048 });
        var answer = await Page.AskAsync(
            service, server.Pictures, """{"size":5,"fields":["*"],"highlight":{"fields":{"*":{}}},"explain":true,"filip":{"query":"a yellow flower","window":200}}""");
        Assert.True(answer.Status == 422, answer.Text);
        Assert.Contains("window", answer.Text, StringComparison.Ordinal);
        Assert.Equal(413, (await Page.AskAsync(service, server.Pictures, new string(' ', 3000) + "{}")).Status);
    }

    private static async Task<bool> FailAsync(HttpContext context, string fault, Page plain)
    {
        context.Response.ContentType = "application/cbor";
        switch (fault)
        {
            case "slow":
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                return true;
            case "500" or "429":
                context.Response.StatusCode = int.Parse(fault, System.Globalization.CultureInfo.InvariantCulture);
                return true;
            case "html":
                context.Response.ContentType = "text/html";
                await context.Response.WriteAsync("<html>Log in</html>", Stop);
                return true;
            case "cut":
                await context.Response.Body.WriteAsync(new byte[] { 0xbf, 0x64, (byte)'h', (byte)'i' }, Stop);
                return true;
            default:
                await context.Response.Body.WriteAsync(Cbor(plain, fault == "none" ? null : Encoding.ASCII.GetBytes("no record")), Stop);
                return true;
        }
    }

    // {"hits":{"hits":[{"_index":…,"_id":…,"fields":{"patches":[…]}}]}}
    private static byte[] Cbor(Page plain, byte[]? record)
    {
        var cbor = new System.Formats.Cbor.CborWriter();
        cbor.WriteStartMap(1);
        cbor.WriteTextString("hits");
        cbor.WriteStartMap(1);
        cbor.WriteTextString("hits");
        cbor.WriteStartArray(record is null ? 0 : plain.Hits.Count);
        foreach (var hit in record is null ? [] : plain.Hits)
        {
            cbor.WriteStartMap(3);
            cbor.WriteTextString("_index");
            cbor.WriteTextString(hit.GetProperty("_index").GetString()!);
            cbor.WriteTextString("_id");
            cbor.WriteTextString(Page.IdOf(hit));
            cbor.WriteTextString("fields");
            cbor.WriteStartMap(1);
            cbor.WriteTextString("patches");
            cbor.WriteStartArray(1);
            cbor.WriteByteString(record!);
            cbor.WriteEndArray();
            cbor.WriteEndMap();
            cbor.WriteEndMap();
        }

        cbor.WriteEndArray();
        cbor.WriteEndMap();
        cbor.WriteEndMap();
        return cbor.Encode();
    }
}

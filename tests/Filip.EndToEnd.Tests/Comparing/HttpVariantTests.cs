using System.Net;
using System.Text;
using System.Text.Json;

namespace Filip.EndToEnd.Tests.Comparing;

/// <summary>Variants behind HTTP: a running service, and any API that a template describes.</summary>
public sealed class HttpVariantTests(SampleIndex samples)
{
    private const string Awkward = "a \"red\" {top} \\ ship – ü";

    [Fact]
    public async Task A_running_service_answers_as_the_index_does()
    {
        using var scratch = new ScratchFolder();
        using var service = FilipProgram.Start(new Dictionary<string, string?>(), "serve", samples.Path, "--url", "http://127.0.0.1:0");
        try
        {
            var url = (await service.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!["listening on ".Length..];
            (await FilipProgram.RunAsync(
                "compare", samples.Path, "--queries", await SampleQueries.WriteAsync(scratch, 6), "--qrels", SampleQueries.Qrels, "--quiet",
                "--a", "rerank", "--b", $"{url}?deadline_ms=10000", "--candidates", "30", "--top", "30",
                "--save-run-a", scratch.At("a.run"), "--save-run-b", scratch.At("b.run"))).Expect(0);
            Assert.Equal(SampleQueries.Read(scratch.At("a.run")), SampleQueries.Read(scratch.At("b.run")));
        }
        finally
        {
            service.Kill();
        }
    }

    [Fact]
    public async Task A_template_asks_any_api_with_the_query_as_it_was_typed()
    {
        using var scratch = new ScratchFolder();
        using var api = new TinyApi(body => body.Contains("refused", StringComparison.Ordinal)
            ? (400, "{\"error\":\"no such words\"}")
            : (200, "{\"hits\":{\"hits\":[{\"_id\":\"d2\"},{\"_id\":\"d1\"},{\"_id\":\"d2\"},{\"_id\":7}]}}"));
        await SetAsync(scratch, api.Url, "hits.hits[*]._id");
        var run = await CompareAsync(scratch, "s3cret");
        var answer = run.Json();
        Assert.Equal(0.5, answer.GetProperty("b").GetProperty("metrics").GetProperty("mrr").GetDouble() * 2, 1e-9); // 1/2 and, refused, 0
        Assert.Equal(1, answer.GetProperty("b").GetProperty("unanswered").GetInt32());
        Assert.Contains("no such words", run.Stderr, StringComparison.Ordinal);
        Assert.Equal(["d2", "d1", "7"], SampleQueries.Read(scratch.At("b.run"))["q1"]);

        Assert.Equal(3, api.Bodies.Count); // the first once more, to warm up; what nobody judged is not asked

        using var sent = JsonDocument.Parse(api.Bodies.First());
        Assert.Equal(Awkward, sent.RootElement.GetProperty("query").GetProperty("match").GetProperty("caption").GetString());
        Assert.Equal(100, sent.RootElement.GetProperty("size").GetInt32());
        Assert.All(api.Authorizations, header => Assert.Equal("ApiKey s3cret", header));
    }

    [Theory]
    [InlineData("hits.items[*].id", "s3cret", "'items'")]
    [InlineData("hits.hits[x]", "s3cret", "no path")]
    [InlineData("hits.hits[*]._id", null, "TINY_API_KEY")]
    public async Task A_template_that_does_not_fit_teaches(string ids, string? key, string taught)
    {
        using var scratch = new ScratchFolder();
        using var api = new TinyApi(_ => (200, "{\"hits\":{\"hits\":[]}}"));
        await SetAsync(scratch, api.Url, ids);
        Assert.Contains(taught, (await CompareAsync(scratch, key)).ExpectOneLine(2), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_api_that_is_down_is_exit_code_4()
    {
        using var scratch = new ScratchFolder();
        await SetAsync(scratch, "http://127.0.0.1:1/", "hits.hits[*]._id");
        Assert.Contains("template:", (await CompareAsync(scratch, "s3cret")).ExpectOneLine(4), StringComparison.Ordinal);
    }

    private static async Task SetAsync(ScratchFolder scratch, string url, string ids)
    {
        await File.WriteAllTextAsync(scratch.At("qrels.txt"), "q1 0 d1 1\nq2 0 d1 1\n");
        await File.WriteAllTextAsync(scratch.At("a.run"), "q1 Q0 d1 1 1 x\nq2 Q0 d1 1 1 x\n");
        await File.WriteAllLinesAsync(scratch.At("queries.jsonl"),
            [JsonSerializer.Serialize(new { id = "q1", text = Awkward }), JsonSerializer.Serialize(new { id = "q2", text = "refused" }), JsonSerializer.Serialize(new { id = "q3", text = "nobody judged this" })]);
        await File.WriteAllTextAsync(scratch.At("api.json"), $$$"""
            {
              "url": "{{{url}}}search",
              "headers": { "Authorization": "ApiKey ${TINY_API_KEY}" },
              "body": { "size": "{top}", "query": { "match": { "caption": "{query}" } } },
              "ids": "{{{ids}}}"
            }
            """);
    }

    private static Task<Finished> CompareAsync(ScratchFolder scratch, string? key) => FilipProgram.RunAsync(
        new Dictionary<string, string?> { ["TINY_API_KEY"] = key },
        "compare", "--queries", scratch.At("queries.jsonl"), "--qrels", scratch.At("qrels.txt"), "--a", $"run:{scratch.At("a.run")}",
        "--b", $"template:{scratch.At("api.json")}", "--metrics", "mrr", "--save-run-b", scratch.At("b.run"), "--output", "json");

    /// <summary>A search API of a few lines.</summary>
    private sealed class TinyApi : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly Func<string, (int Status, string Body)> _answer;

        public TinyApi(Func<string, (int Status, string Body)> answer)
        {
            _answer = answer;
            using (var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
            {
                probe.Start();
                Url = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/";
            }

            _listener.Prefixes.Add(Url);
            _listener.Start();
            _ = ServeAsync();
        }

        public string Url { get; }

        public List<string> Bodies { get; } = [];

        public List<string?> Authorizations { get; } = [];

        public void Dispose() => _listener.Close();

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    var context = await _listener.GetContextAsync();
                    using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
                    var body = await reader.ReadToEndAsync();
                    Bodies.Add(body);
                    Authorizations.Add(context.Request.Headers["Authorization"]);
                    var (status, said) = _answer(body);
                    context.Response.StatusCode = status;
                    context.Response.ContentType = "application/json";
                    await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(said));
                    context.Response.Close();
                }
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                // The test is over.
            }
        }
    }
}

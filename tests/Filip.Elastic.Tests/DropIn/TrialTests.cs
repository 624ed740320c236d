using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Filip.Testing;

namespace Filip.Elastic.Tests.DropIn;

/// <summary>Public reports of faults in neighbouring tools, as cases: deep bodies, pages at the window's edge.</summary>
[Collection(DropInServer.Collection)]
public sealed partial class TrialTests(DropInServer server)
{
    private readonly string _skips = RealElastic.Url;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("application/vnd.elasticsearch+json;compatible-with=9")]
    [InlineData("application/json; charset=UTF-8")]
    [InlineData("application/json")]
    public async Task Official_clients_media_types_are_spoken(string type)
    {
        Assert.NotNull(_skips);
        var accept = type.Contains("vnd", StringComparison.Ordinal) ? type : "application/json";
        foreach (var file in Files("official-client-headers", "*.json"))
        {
            void Accept(HttpRequestMessage message) => message.Headers.TryAddWithoutValidation("Accept", accept);
            var text = await File.ReadAllTextAsync(file, Stop);
            var answer = await Page.AskAsync(server.Service, server.Pictures, text, type, Accept);
            var plain = await Page.AskAsync(server.Direct, server.Pictures, "{}", type, Accept);
            Assert.Equal((200, plain.ContentType, "Elasticsearch"), (answer.Status, answer.ContentType, answer.Product));
            Assert.Equal(JsonElement.Parse(text).GetProperty("size").GetInt32(), answer.Hits.Count);
            Assert.DoesNotContain("\"patches\"", answer.Text, StringComparison.Ordinal);
            Assert.Equal(text.Contains("filip", StringComparison.Ordinal), answer.Root.TryGetProperty("ext", out _));
            var refused = await Page.AskAsync(server.Service, server.Pictures, text, "text/plain");
            Assert.Contains(refused.Status, new[] { 406, 415 });
        }
    }

    [Fact]
    public async Task Deep_queries_are_taken_and_bottomless_ones_refused()
    {
        var deep = await File.ReadAllTextAsync(Files("deep-query", "body.json").Single(), Stop);
        var answer = await Page.AskAsync(server.Service, server.Pictures, deep);
        Assert.True(answer.Status == 200, answer.Text);
        Assert.False(answer.Note.GetProperty("degraded").GetBoolean());
        Assert.Equal(5, answer.Hits.Count);

        var plain = await File.ReadAllTextAsync(Files("deep-query", "without-member.json").Single(), Stop);
        Assert.Equal(
            (await Page.AskAsync(server.Direct, server.Pictures, plain)).Timeless,
            (await Page.AskAsync(server.Service, server.Pictures, plain)).Timeless);

        foreach (var depth in new[] { 300, 5_000, 50_000 })
        {
            foreach (var member in new[] { """, "filip":{"query":"a yellow flower"}""", "" })
            {
                var bottomless = $$"""{"query":{{Nested(depth)}}{{member}}}""";
                Assert.Equal(400, (await Page.AskAsync(server.Service, server.Pictures, bottomless)).Status);
            }

            var inside = "{\"filip\":{\"query\":\"a yellow flower\",\"deadline_ms\":" + new string('[', depth) + new string(']', depth) + "}}";
            Assert.Equal(400, (await Page.AskAsync(server.Service, server.Pictures, inside)).Status);
        }

        using var live = await server.Service.GetAsync(new Uri("health/live", UriKind.Relative), Stop);
        Assert.True(live.IsSuccessStatusCode);
    }

    [Fact]
    public async Task Pages_at_the_windows_edge_repeat_nothing_and_mix_no_scores()
    {
        var pages = new Dictionary<(int From, int Size), Page>();
        var window = 0;
        foreach (var file in Files("page-edges", "*.json"))
        {
            var text = await File.ReadAllTextAsync(file, Stop);
            var numbers = Numbers().Matches(Path.GetFileName(file)).Select(match => int.Parse(match.Value, CultureInfo.InvariantCulture)).ToList();
            window = JsonElement.Parse(text).GetProperty("filip").GetProperty("window").GetInt32();
            var page = await Page.AskAsync(server.Service, server.Pictures, text);
            Assert.True(page.Status == 200, page.Text);
            Assert.Equal(page.Ids.Distinct(), page.Ids);
            pages.Add((numbers[0], numbers[1]), page);
        }

        var first = await Page.AskAsync(server.Service, server.Pictures, Edge(0, window, window));
        var own = await Page.AskAsync(server.Direct, server.Pictures, """{"size":1000,"sort":["_doc"],"query":{"match_all":{}}}""");
        Assert.Equal(own.Ids.Take(window).Order(), first.Ids.Order());
        foreach (var ((from, size), page) in pages)
        {
            Assert.Equal(first.Ids.Concat(own.Ids.Skip(window)).Skip(from).Take(size), page.Ids);
            Assert.Equal(own.Ids.Count, page.Root.GetProperty("hits").GetProperty("total").GetProperty("value").GetInt32());
            var scored = page.Hits.Take(Math.Max(0, window - from)).Select(hit => Page.Score(hit)).ToList();
            Assert.Equal(scored.OrderDescending(), scored);
            Assert.DoesNotContain(null, scored);
            Assert.All(page.Hits.Skip(scored.Count), hit =>
            {
                Assert.Null(Page.Score(hit));
                Assert.False(hit.GetProperty("fields").GetProperty("filip.reranked")[0].GetBoolean());
            });
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(30)]
    public async Task Pages_of_any_size_are_the_one_order_cut(int size)
    {
        const int Window = 25;
        var whole = await Page.AskAsync(server.Service, server.Pictures, Edge(0, 60, Window));
        List<string> cut = [];
        for (var from = 0; from < 60; from += size)
        {
            var page = await Page.AskAsync(server.Service, server.Pictures, Edge(from, Math.Min(size, 60 - from), Window));
            cut.AddRange(page.Ids);
        }

        Assert.Equal(whole.Ids, cut);
    }

    private static string Edge(int from, int size, int window) =>
        $$$"""{"query":{"match_all":{}},"sort":["_doc"],"from":{{{from}}},"size":{{{size}}},"filip":{"query":"a yellow flower","window":{{{window}}}}}""";

    private static string Nested(int depth)
    {
        var text = new StringBuilder();
        for (var i = 0; i < depth; i++)
        {
            text.Append("{\"bool\":{\"must\":[");
        }

        text.Append("{\"match_all\":{}}");
        for (var i = 0; i < depth; i++)
        {
            text.Append("]}}");
        }

        return text.ToString();
    }

    private static string[] Files(string name, string pattern)
    {
        var files = Directory.GetFiles(Path.Combine(GoldenFiles.Trials ?? Path.Combine(GoldenFiles.Committed, "trials"), name), pattern);
        Assert.NotEmpty(files);
        return files;
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Numbers();
}

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Filip.Elastic.Tests.DropIn;

/// <summary>Searches with the member: a new order, and nothing else is new but what the interface names.</summary>
[Collection(DropInServer.Collection)]
public sealed class WindowTests(DropInServer server)
{
    private const string Query = "a yellow flower";
    private const string Member = """{"query":"a yellow flower","window":300}""";
    private const string Vendor = "application/vnd.elasticsearch+json;compatible-with=9";

    private static readonly string[] s_kept = ["sort", "search_after", "no_hits", "no_ids"];

    private readonly string _skips = RealElastic.Url;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Names => Searches.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Only_order_and_scores_change_with_the_member(string name)
    {
        Assert.NotNull(_skips);
        var body = Searches.All[name];
        var answer = await Page.AskAsync(server.Service, server.Shop, Page.With(body, Member));
        Assert.Equal("Elasticsearch", answer.Product);
        var plain = await Page.AskAsync(server.Direct, server.Shop, body);
        if (name.StartsWith("bad", StringComparison.Ordinal))
        {
            // Cut or broken JSON is passed on whole, and there the member is one more thing that Elasticsearch does not know.
            Assert.Equal(plain.Status, answer.Status);
            Assert.Equal(plain.ContentType, answer.ContentType);
            return;
        }

        Assert.True(answer.Status == 200, answer.Text);
        if (s_kept.Contains(answer.Reason))
        {
            Assert.Equal(Page.Members(plain.Root, "took"), Page.Members(answer.Root, "took", "ext"));
            Assert.Equal(answer.Reason != "no_hits", answer.Note.GetProperty("degraded").GetBoolean());
            return;
        }

        Assert.Null(answer.Reason);
        await IsReorderedAsync(body, answer);
    }

    [Theory]
    [InlineData("?size=3&from=2", 2, 3)]
    [InlineData("?size=3&typed_keys=true&pretty&human", 0, 3)]
    [InlineData("?sort=_score:desc&preference=_local", 0, 10)]
    public async Task Parameters_of_the_URL_hold_with_the_member(string query, int from, int size)
    {
        var answer = await Page.AskAsync(server.Service, server.Shop + query, Page.With("""{"size":7}""", Member));
        Assert.True(answer.Status == 200, answer.Text);
        var order = await OrderAsync((await Page.AskAsync(server.Direct, server.Shop, """{"size":300}""")).Ids);
        Assert.Equal(order.Skip(from).Take(query.Contains("size", StringComparison.Ordinal) ? size : 7).Select(hit => hit.Id), answer.Ids);
    }

    [Theory]
    [InlineData("?sort=price", "sort")]
    [InlineData("?scroll=1m", "scroll")]
    [InlineData("?size=ten", null)]
    public async Task What_the_URL_asks_for_may_keep_Elasticsearchs_order(string query, string? reason)
    {
        var plain = await Page.AskAsync(server.Direct, server.Shop + query, "{}");
        var answer = await Page.AskAsync(server.Service, server.Shop + query, Page.With("{}", Member));
        Assert.Equal(plain.Status, answer.Status);
        if (reason is not null)
        {
            Assert.Equal(reason, answer.Reason);
            Assert.Equal(plain.Ids, answer.Ids);
        }
    }

    [Fact]
    public async Task A_picture_without_patches_stands_last_and_is_marked()
    {
        var answer = await Page.AskAsync(
            server.Service, server.Pictures, """{"size":300,"filip":{"query":"a yellow flower","window":300},"query":{"match_all":{}}}""");
        Assert.Equal(server.Ids.Count + 1, answer.Hits.Count);
        Assert.Equal("no-patches", answer.Ids[^1]);
        Assert.Equal(JsonValueKind.Null, answer.Hits[^1].GetProperty("_score").ValueKind);
        Assert.False(answer.Hits[^1].GetProperty("fields").GetProperty("filip.reranked")[0].GetBoolean());
        Assert.Equal(server.Ids.Count, answer.Note.GetProperty("reranked").GetInt32());
        Assert.Equal(server.Ids.Count + 1, answer.Note.GetProperty("window").GetInt32());
        Assert.DoesNotContain("patches\":", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_window_that_Elasticsearch_refuses_costs_the_order_and_not_the_page()
    {
        using var content = new StringContent("""{"index.max_result_window":15}""", Encoding.UTF8, "application/json");
        (await server.Direct.PutAsync(new Uri(server.Shop + "/_settings", UriKind.Relative), content, Stop)).Dispose();
        try
        {
            var plain = await Page.AskAsync(server.Direct, server.Shop, "{}");
            var answer = await Page.AskAsync(server.Service, server.Shop, Page.With("{}", Member));
            Assert.Equal("window_refused", answer.Reason);
            Assert.Equal(Page.Members(plain.Root, "took"), Page.Members(answer.Root, "took", "ext"));
        }
        finally
        {
            using var back = new StringContent("""{"index.max_result_window":null}""", Encoding.UTF8, "application/json");
            (await server.Direct.PutAsync(new Uri(server.Shop + "/_settings", UriKind.Relative), back, Stop)).Dispose();
        }
    }

    [Fact]
    public async Task Mode_recall_keeps_the_order_and_is_not_degraded()
    {
        var plain = await Page.AskAsync(server.Direct, server.Shop, "{}");
        var answer = await Page.AskAsync(server.Service, server.Shop, """{"filip":{"query":"a yellow flower","mode":"recall"}}""");
        Assert.Equal(plain.Ids, answer.Ids);
        Assert.Equal("recall", answer.Reason);
        Assert.False(answer.Note.GetProperty("degraded").GetBoolean());
    }

    [Theory]
    [InlineData("null", 400)]
    [InlineData("[]", 400)]
    [InlineData("{}", 400)]
    [InlineData("""{"query":7}""", 400)]
    [InlineData("""{"query":"x","windw":20}""", 400)]
    [InlineData("""{"query":"x","mode":"fast"}""", 400)]
    [InlineData("""{"query":""}""", 422)]
    [InlineData("""{"query":"?!"}""", 422)]
    [InlineData("""{"query":"x","window":0}""", 422)]
    [InlineData("""{"query":"x","window":1001}""", 422)]
    [InlineData("""{"query":"x","deadline_ms":0}""", 422)]
    [InlineData("""{"query":"x"},"filip":{"query":"y"}""", 400)]
    public async Task A_member_that_cannot_be_is_refused_in_a_sentence(string member, int status)
    {
        var answer = await Page.AskAsync(server.Service, server.Shop, $$"""{"filip":{{member}}}""");
        Assert.Equal(status, answer.Status);
        Assert.Equal("application/problem+json", answer.ContentType);
        Assert.Equal("Elasticsearch", answer.Product);
        Assert.NotEmpty(answer.Root.GetProperty("detail").GetString()!);
    }

    [Theory]
    [InlineData("?format=yaml", "application/json", "application/json", 406)]
    [InlineData("", "application/json", "application/cbor", 406)]
    [InlineData("?filter_path=hits.hits._id", "application/json", "application/json", 400)]
    [InlineData("", Vendor, Vendor, 200)]
    [InlineData("?format=json", "application/json; charset=UTF-8", "*/*", 200)]
    [InlineData("", "text/plain", "application/json", 406)]
    public async Task Other_forms_than_JSON_are_refused_or_left_to_Elasticsearch(string query, string contentType, string accept, int status)
    {
        var answer = await Page.AskAsync(
            server.Service, server.Shop + query, Page.With("{}", Member), contentType,
            message => message.Headers.TryAddWithoutValidation("Accept", accept));
        Assert.True(status == answer.Status, answer.Text);
        Assert.Equal("Elasticsearch", answer.Product);
    }

    private async Task IsReorderedAsync(string body, Page answer)
    {
        var wide = JsonNode.Parse(body, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip })!.AsObject();
        var from = Number(wide["from"], 0);
        var size = Number(wide["size"], 10);
        (wide["from"], wide["size"]) = (0, 300);
        var found = await Page.AskAsync(server.Direct, server.Shop, wide.ToJsonString());

        var order = await OrderAsync(found.Ids);
        Assert.Equal(order.Skip(from).Take(size), answer.Hits.Select(hit => (Page.IdOf(hit), Page.Score(hit)!.Value)));
        if (order.Count > 0)
        {
            Assert.Equal(order[0].Score, answer.Root.GetProperty("hits").GetProperty("max_score").GetDouble());
        }

        Assert.Equal(found.Hits.Count, answer.Note.GetProperty("reranked").GetInt32());
        Assert.Equal(Page.Members(found.Root, "took", "hits"), Page.Members(answer.Root, "took", "hits", "ext"));
        Assert.Equal(
            Page.Members(found.Root.GetProperty("hits"), "hits", "max_score"),
            Page.Members(answer.Root.GetProperty("hits"), "hits", "max_score"));
        foreach (var hit in answer.Hits)
        {
            var rank = found.Ids.ToList().IndexOf(Page.IdOf(hit)) + 1;
            var original = found.Hits[rank - 1];
            Assert.Equal(Page.Members(original, "_score", "fields"), Page.Members(hit, "_score", "fields"));
            var fields = hit.GetProperty("fields");
            Assert.Equal(rank, fields.GetProperty("filip.recall_rank")[0].GetInt32());
            Assert.Equal(
                Page.Score(original),
                fields.TryGetProperty("filip.recall_score", out var score) ? score[0].GetDouble() : null);
            Assert.Equal(
                original.TryGetProperty("fields", out var own) ? Page.Members(own) : [],
                Page.Members(fields, "filip.recall_rank", "filip.recall_score"));
        }
    }

    private static int Number(JsonNode? node, int otherwise) =>
        node is null ? otherwise : (int)double.Parse(node.ToString(), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The order that the service's own rerank gives, from the same records by another way.</summary>
    private async Task<List<(string Id, double Score)>> OrderAsync(IReadOnlyList<string> ids)
    {
        if (ids.Count == 0)
        {
            return [];
        }

        using var content = new StringContent(
            JsonSerializer.Serialize(new { query = Query, deadline_ms = 60_000, candidates = ids.Select(id => new { id }) }), Encoding.UTF8, "application/json");
        using var response = await server.Service.PostAsync(new Uri("v1/rerank", UriKind.Relative), content, Stop);
        var answer = JsonElement.Parse(await response.Content.ReadAsStringAsync(Stop));
        return [.. answer.GetProperty("results").EnumerateArray().Select(result =>
            (result.GetProperty("id").GetString()!, result.GetProperty("score").GetDouble()))];
    }
}

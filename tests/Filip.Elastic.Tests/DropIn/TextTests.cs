using System.Text;
using System.Text.Json;
using CsCheck;
using Filip.Rerank.DropIn;
using Filip.Rerank.Search;

namespace Filip.Elastic.Tests.DropIn;

/// <summary>Reading and changing bodies and answers as bytes; no server is needed.</summary>
public sealed class TextTests
{
    private const string Member = "\"filip\" : {\"query\":\"x\"}";

    private static readonly string[] s_values =
    [
        "1.50E+3", "-0.0", "\"\\u0061\"", "[1, 2,{ }]", "{\"from\":7,\"size\":8,\"filip\":9}", "true", "null", "{}", "[ ]", "\"fil\\\"ip\"",
    ];

    private static readonly string[] s_names = ["query", "from", "size", "sort", "Filip", "fields", "\u00fc"];

    private static readonly string[] s_spaces = ["", " ", "\n\t", "/* a comment */", " // one\n"];

    [Fact]
    public void Taking_the_member_out_leaves_every_other_byte()
    {
        var member = Gen.Select(Gen.Int[0, s_names.Length - 1].Select(i => s_names[i]), Gen.Int[0, s_values.Length - 1].Select(i => s_values[i]), Gen.Int[0, s_spaces.Length - 1].Select(i => s_spaces[i]), (name, value, space) =>
            $"{space}\"{name}\" :{space}{value}{space}"); // .NET's reader takes no comment before a colon
        Gen.Select(member.Array[0, 6], Gen.Int[0, 6]).Sample((members, place) =>
        {
            var distinct = members.DistinctBy(text => text.Split('"')[1]).ToList();
            var at = Math.Min(place, distinct.Count);
            List<string> with = [.. distinct];
            with.Insert(at, Member);
            var body = CallerBody.Read(Encoding.UTF8.GetBytes($"{{{string.Join(',', with)}}}"));
            Assert.NotNull(body);
            Assert.Equal(1, body.Mentions);
            Assert.Equal("{\"query\":\"x\"}", Encoding.UTF8.GetString(body.Filip.Span));
            var without = Encoding.UTF8.GetString(body.WithoutFilip().Span);
            Assert.Equal(Values($"{{{string.Join(',', distinct)}}}"), Values(without));
            var widened = Values(Encoding.UTF8.GetString(body.Widened(321).Span));
            Assert.Equal("321", widened["size"]);
            Assert.Equal(Values(without).ContainsKey("from") ? "0" : null, widened.GetValueOrDefault("from"));
            Assert.Equal(
                Values(without).Where(pair => pair.Key is not ("from" or "size")),
                widened.Where(pair => pair.Key is not ("from" or "size")));
        }, iter: Iterations(500));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{filip:{}}")]
    public void What_is_no_JSON_object_is_left_to_Elasticsearch(string text) =>
        Assert.Null(CallerBody.Read(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("5", 5)]
    [InlineData("\"5\"", 5)]
    [InlineData("5.0", 5)]
    [InlineData("5e1", 50)]
    [InlineData("-1", null)]
    [InlineData("null", null)]
    [InlineData("[]", null)]
    [InlineData("1e99", null)]
    public void Counts_are_read_as_Elasticsearch_reads_them(string size, int? count)
    {
        var body = CallerBody.Read(Encoding.UTF8.GetBytes($"{{\"size\":{size}}}"))!;
        Assert.Equal(count, body.Count("size", 10));
        Assert.Equal(3, body.Count("from", 3));
        Assert.Null(body.Value("from"));
    }

    [Theory]
    [InlineData("{}", "", true)]
    [InlineData("""{"sort":[]}""", "", true)]
    [InlineData("""{"sort":"_score"}""", "?sort=price", true)]
    [InlineData("""{"sort":{"_score":"desc"}}""", "", true)]
    [InlineData("""{"sort":[{"_score":{"order":"asc"}}]}""", "", false)]
    [InlineData("""{"sort":["_doc"]}""", "", true)]
    [InlineData("""{"sort":["price","_score"]}""", "", false)]
    [InlineData("""{"sort":[{"_geo_distance":{}}]}""", "", false)]
    [InlineData("{}", "?sort=_score:desc,price", true)]
    [InlineData("{}", "?sort=_score%3Aasc", false)]
    [InlineData("{}", "?sort=price:desc", false)]
    public void An_order_that_was_asked_for_is_told_from_stage_ones(string body, string query, bool recall) =>
        Assert.Equal(recall, RecallOrder.Is(CallerBody.Read(Encoding.UTF8.GetBytes(body))!, new CallerQuery(query)));

    [Fact]
    public void Parameters_keep_their_writing()
    {
        var query = new CallerQuery("?a=%7e+b&s%69ze=5&&from=2&preference=x%26y&pretty");
        Assert.Equal("5", query.Value("size"));
        Assert.Equal("~ b", query.Value("a"));
        Assert.Equal("", query.Value("pretty"));
        Assert.Null(query.Value("b"));
        Assert.Equal("?a=%7e+b&preference=x%26y&pretty", query.Without("from", "size"));
        Assert.Equal("&preference=x%26y", query.Only("routing", "preference"));
        Assert.Equal("", new CallerQuery("?size=1").Without("size"));
    }

    [Fact]
    public void Hits_change_places_and_keep_their_bytes()
    {
        const string Text = """{"took":1,"hits":{"max_score":1.0e0,"hits":[ {"_index":"i","_id":"a","_score":0.70,"_source":{"fields":1.50,"_score":9}}, {"_id":"b","_index":"i","fields":{"n":[1]},"_score":null,"inner_hits":{"x":{"hits":{"hits":[{"_id":"z","_score":3}]}}}} ],"total":{"value":2}},"aggregations":{"hits":{"hits":[]}},"ext":{}}""";
        var bytes = Encoding.UTF8.GetBytes(Text);
        var page = ElasticPage.Read(bytes);
        var note = new FilipNote(false, null, 2, 1, new StageTimings(0, 0, 0, 0, 0));
        var written = new PageWriter(bytes, page).WithEntries([new(page.Hits[1], 2, 0.25), new(page.Hits[0], 1, null)], 0.25, note);
        Assert.Equal(
            """{"took":1,"hits":{"max_score":0.25,"hits":[{"_id":"b","_index":"i","fields":{"filip.recall_rank":[2],"n":[1]},"_score":0.25,"inner_hits":{"x":{"hits":{"hits":[{"_id":"z","_score":3}]}}}},{"_index":"i","_id":"a","_score":null,"_source":{"fields":1.50,"_score":9},"fields":{"filip.recall_rank":[1],"filip.recall_score":[0.70],"filip.reranked":[false]}}],"total":{"value":2}},"aggregations":{"hits":{"hits":[]}},"ext":{"filip":{"degraded":false,"window":2,"reranked":1,"timings_ms":{"encode":0,"recall":0,"fetch":0,"score":0,"total":0}}}}""",
            Encoding.UTF8.GetString(written.Span));
    }

    [Fact]
    public void An_answer_that_is_cut_anywhere_is_no_page()
    {
        var whole = Encoding.UTF8.GetBytes("""{"hits":{"hits":[{"_id":"a","_index":"i","_score":1.5,"fields":{"a":[1]}}]},"_shards":{"failed":0},"timed_out":true}""");
        Assert.True(ElasticPage.Read(whole).Partial);
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Throws<StageOneUnavailableException>(() => ElasticPage.Read(whole.AsSpan(0, length)));
        }
    }

    private static Dictionary<string, string> Values(string body) =>
        JsonElement.Parse(body, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip })
            .EnumerateObject().ToDictionary(member => member.Name, member => member.Value.GetRawText());

    private static long Iterations(long otherwise) =>
        long.TryParse(Environment.GetEnvironmentVariable("FILIP_FUZZ"), out var asked) ? asked : otherwise;
}

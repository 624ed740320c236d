using System.Text;
using System.Text.Json;
using Filip.Relevance.Judgements;
using Filip.Relevance.Online;
using Filip.Relevance.Report;

namespace Filip.Relevance.Tests.Report;

public class JudgingPageTests
{
    private const string Hostile = "</script><b>\"&'";

    [Fact]
    public void Page_does_not_say_which_side_is_whose_and_the_seed_does()
    {
        var queries = Queries(64);
        var (first, data) = Written(queries, seed: 7);
        Assert.Equal(["id", "text", "left", "right"], data.GetProperty("queries")[0].EnumerateObject().Select(member => member.Name));
        int left = 0;
        foreach (var query in data.GetProperty("queries").EnumerateArray())
        {
            bool aLeft = query.GetProperty("left")[0].GetString()!.StartsWith('a');
            Assert.Equal(PreferenceFile.IsALeft(7, query.GetProperty("id").GetString()!), aLeft);
            left += aLeft ? 1 : 0;
        }

        Assert.InRange(left, 16, 48);
        Assert.Equal(first, Written(queries, seed: 7).Page);
        Assert.NotEqual(first, Written(queries, seed: 8).Page);
    }

    [Fact]
    public void Queries_come_in_an_order_that_the_seed_decides_and_equal_answers_are_not_asked()
    {
        var queries = Queries(20).Append(new JudgingQuery("same", "alike", ["x"], ["x"])).ToList();
        var ids = Written(queries, seed: 7).Data.GetProperty("queries").EnumerateArray().Select(query => query.GetProperty("id").GetString()!).ToList();
        Assert.DoesNotContain("same", ids);
        Assert.Equal(20, ids.Count);
        Assert.NotEqual(ids.Order(StringComparer.Ordinal), ids);
    }

    [Fact]
    public void Hostile_ids_and_texts_stay_text()
    {
        var (page, data) = Written([new JudgingQuery(Hostile, Hostile, [Hostile], ["b"])], seed: 1);
        Assert.Equal(Hostile, data.GetProperty("queries")[0].GetProperty("text").GetString());
        Assert.Equal(2, page.Split("</script>").Length - 1); // the data's and the script's own, none of a text's
        Assert.DoesNotContain("http:", page);
        Assert.DoesNotContain("https:", page);
        Assert.Contains("default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'", page);
    }

    [Fact]
    public void Every_picture_stands_in_the_page_once()
    {
        byte[] picture = [0x89, (byte)'P', (byte)'N', (byte)'G', 1];
        var page = new StringWriter();
        Assert.Equal(1, JudgingPage.Write(
            [new JudgingQuery("q", "t", ["d1", "d2"], ["d2", "d1"])], page, new JudgingPageOptions { Thumbnail = id => id == "d1" ? picture : null }));
        Assert.Equal(1, page.ToString().Split(Convert.ToBase64String(picture)).Length - 1);
    }

    [Fact]
    public void What_the_page_hands_out_is_counted_out_and_is_judgements()
    {
        string a = PreferenceFile.IsALeft(5, "q1") ? "left" : "right";
        string b = PreferenceFile.IsALeft(5, "q2") ? "right" : "left";
        byte[] lines = Encoding.UTF8.GetBytes($$"""
            {"query":"q1","preferred":"{{a}}","seed":"5"}
            {"query":"q1","docid":"d1","rating":3}
            {"query":"q2","preferred":"{{b}}","seed":"5"}
            {"query":"q2","preferred":"{{b}}","seed":"5"}
            {"query":"q3","preferred":"same","seed":"5"}
            {"query":"q3","docid":"d2","rating":0}
            """);
        var preference = PreferenceFile.Parse(lines, "judgements.jsonl");
        Assert.Equal((1, 2, 1), (preference.WinsA, preference.WinsB, preference.Ties));
        var qrels = JudgementFile.Parse(lines, JudgementFormat.Jsonl, "judgements.jsonl");
        Assert.Equal(3, qrels.ByQuery["q1"]["d1"]);
        Assert.Equal(2, qrels.Count);
    }

    [Theory]
    [InlineData("{\"query\":\"q\",\"preferred\":\"a\",\"seed\":\"5\"}")]
    [InlineData("{\"query\":\"q\",\"preferred\":\"left\"}")]
    [InlineData("{\"preferred\":\"left\",\"seed\":\"5\"}")]
    [InlineData("{\"query\":\"q\",\"docid\":\"d\",\"rating\":1}")]
    public void Lines_that_are_no_preference_are_named(string line)
    {
        var refused = Assert.Throws<RelevanceFileException>(() => PreferenceFile.Parse(Encoding.UTF8.GetBytes(line), "p.jsonl"));
        Assert.Contains("p.jsonl", refused.Message);
    }

    private static List<JudgingQuery> Queries(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new JudgingQuery($"q{i:00}", $"text {i}", [$"a{i}", "both"], [$"b{i}", "both"]))];

    private static (string Page, JsonElement Data) Written(IReadOnlyList<JudgingQuery> queries, ulong seed)
    {
        var writer = new StringWriter();
        JudgingPage.Write(queries, writer, new JudgingPageOptions { Seed = seed });
        string page = writer.ToString();
        const string Start = "id=\"data\">";
        int from = page.IndexOf(Start, StringComparison.Ordinal) + Start.Length;
        using var json = JsonDocument.Parse(page[from..page.IndexOf("</script>", from, StringComparison.Ordinal)]);
        return (page, json.RootElement.Clone());
    }
}

using System.Text.Json;
using Filip.Recall;
using static Filip.Testing.Contracts.ContractDocuments;

namespace Filip.Testing.Contracts;

/// <summary>What every <see cref="ICandidateSource"/> must keep of filters, fields and the lexical leg.</summary>
public abstract class RecallFieldsContract : PortContract
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task Filters_find_exactly_the_pictures_of_the_trial()
    {
        var folder = Path.Combine(GoldenFiles.Trials ?? Path.Combine(GoldenFiles.Committed, "trials"), "typed-filters");
        var documents = File.ReadLines(Path.Combine(folder, "manifest.jsonl")).Select(line =>
        {
            var fields = Parse(line);
            var id = fields["id"].GetString()!;
            fields.Remove("id");
            fields.Remove("path");
            return Make(id) with { Attributes = fields };
        });
        await using var index = await CreateAsync();
        await index.FillAsync([.. documents]);
        await using var source = await index.OpenSourceAsync();
        using var expected = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "expected.json")));
        foreach (var line in expected.RootElement.GetProperty("command line").EnumerateObject())
        {
            // A shell knows text only: a value that reads as a JSON scalar may mean that scalar.
            var filters = line.Name.Split(" and ").Select(condition => condition.Split('=', 2))
                .Select(parts => new FieldFilter(parts[0], [.. Meanings(parts[1])]));
            await Expect(source, line.Name, [.. filters], line.Value);
        }

        foreach (var line in expected.RootElement.GetProperty("service").EnumerateArray())
        {
            var filter = line.GetProperty("filter");
            await Expect(
                source, filter.GetRawText(), [.. filter.EnumerateObject().Select(field => new FieldFilter(field.Name, [field.Value]))],
                line.GetProperty("ids"));
        }
    }

    [Theory]
    [InlineData("flag", "true", "yes")]
    [InlineData("flag", "\"true\"", "text")]
    [InlineData("flag", "false", "no")]
    [InlineData("flag", "null", "list,missing,null")]
    [InlineData("n", "10", "no,yes")]
    [InlineData("n", "10.0", "no,yes")]
    [InlineData("n", "1e1", "no,yes")]
    [InlineData("n", "\"10\"", "")]
    [InlineData("n", "0.1", "list")]
    [InlineData("n", "-3", "null")]
    [InlineData("tags", "\"b\"", "list,yes")]
    [InlineData("tags", "null", "missing,no,null,text")]
    [InlineData("maker.name", "\"Acme\"", "yes")]
    [InlineData("no such field", "1", "")]
    public async Task A_filter_compares_by_JSON_type(string field, string value, string expected)
    {
        await using var index = await CreateAsync();
        await index.FillAsync(
            Make("yes", attributes: """{"flag":true,"n":10,"tags":["a","b"],"maker":{"name":"Acme"}}"""),
            Make("no", attributes: """{"flag":false,"n":10.0,"tags":[]}"""),
            Make("text", attributes: """{"word":"true","n":11}"""),
            Make("null", attributes: """{"flag":null,"n":-3,"tags":null}"""),
            Make("list", attributes: """{"n":0.1,"tags":"b"}"""),
            Make("missing"));
        if (field == "flag")
        {
            // Its own field: an engine with mappings need not take a text where a boolean was.
            (field, value) = value == "\"true\"" ? ("word", value) : (field, value);
            expected = value == "null" ? "list,missing,null,text" : expected;
        }

        await using var source = await index.OpenSourceAsync();
        var answer = await source.FindAsync(
            new RecallRequest { Pooled = Vector(1), Count = 100, Filters = [new FieldFilter(field, [Value(value)])] }, None);
        Assert.Equal(expected, string.Join(',', answer.Candidates.Select(candidate => candidate.Id).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Filters_hold_before_candidates_are_counted()
    {
        await using var index = await CreateAsync();
        await index.FillAsync([
            .. Enumerable.Range(0, 80).Select(i => Make($"near{i}", pooled: Axis(0), attributes: """{"kind":"near"}""")),
            .. Enumerable.Range(0, 5).Select(i => Make($"far{i}", pooled: Axis(1), attributes: $$"""{"kind":"far","n":{{i}}}""")),
        ]);
        await using var source = await index.OpenSourceAsync();
        var request = new RecallRequest { Pooled = Axis(0), Count = 5, Filters = [new FieldFilter("kind", [Value("\"far\"")])] };
        Assert.Equal(["far0", "far1", "far2", "far3", "far4"], Ids(await source.FindAsync(request, None)));
        var both = request with { Filters = [.. request.Filters, new FieldFilter("n", [Value("1"), Value("3"), Value("77")])] };
        Assert.Equal(["far1", "far3"], Ids(await source.FindAsync(both, None)));
        Assert.Equal(["far1", "far3"], Ids(await source.FindAsync(both with { LexicalText = "anything" }, None)));
    }

    [Fact]
    public async Task Fields_come_back_as_they_were_given()
    {
        const string Attributes = """
            {"text":"caf\u00e9 \ud83d\ude00 \u0000","whole":9007199254740993,"fraction":0.1,"yes":true,"nothing":null,"list":["a",1.5],"date":"2020-01-01"}
            """;
        await using var index = await CreateAsync();
        await index.FillAsync(
            Make("a", 3, "a caption \ud83d\ude00", Attributes), Make("b") with { Path = null },
            Make("tbd", attributes: """{"date":"TBD"}"""), Make("long", attributes: $$"""{"text":"{{new string('x', 40_000)}}"}"""));
        await using var source = await index.OpenSourceAsync();
        var fields = await source.GetFieldsAsync(["a", "missing", "b", "a", "tbd", "long"], None);
        Assert.Equal(["a", "b", "long", "tbd"], fields.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("pictures/3.jpg", "a caption \ud83d\ude00"), (fields["a"].Path, fields["a"].Caption));
        Assert.Equal((null, null), (fields["b"].Path, fields["b"].Caption));
        Assert.Empty(fields["b"].Attributes);
        Assert.Equal(40_000, fields["long"].Attributes["text"].GetString()!.Length);
        var expected = Parse(Attributes);
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), fields["a"].Attributes.Keys.Order(StringComparer.Ordinal));
        Assert.All(expected, member => Assert.True(
            JsonElement.DeepEquals(member.Value, fields["a"].Attributes[member.Key]), $"{member.Key}: {fields["a"].Attributes[member.Key]}"));
    }

    [Fact]
    public async Task The_lexical_leg_lifts_a_picture_whose_caption_has_the_word()
    {
        await using var index = await CreateAsync();
        await index.FillAsync([
            .. Enumerable.Range(0, 30).Select(i => Make($"p{i:D2}", pooled: Axis(0), caption: $"a picture of number {i}")),
            Make("z", pooled: Axis(1), caption: "A small white Butterfly"),
        ]);
        await using var source = await index.OpenSourceAsync();
        var request = new RecallRequest { Pooled = Axis(0), Count = 10 };
        Assert.DoesNotContain("z", Ids(await source.FindAsync(request, None)));
        var answer = await source.FindAsync(request with { LexicalText = "butterfly" }, None);
        Assert.Equal(["p00", "z"], Ids(answer).Take(2));
        Assert.Equal(10, answer.Candidates.Count);
        Assert.Equal(Enumerable.Range(1, 10), answer.Candidates.Select(candidate => candidate.Rank));
        Assert.Equal(1.0 / 61, answer.Candidates[0].Score, 1e-9);
        Assert.Equal(answer.Candidates[0].Score, answer.Candidates[1].Score, 1e-9);
    }

    [Theory]
    [InlineData(0.0, 1, 0)]
    [InlineData(0.3, 0.7, 0.3)]
    [InlineData(0.6, 0.4, 0.6)]
    [InlineData(1.0, 0, 1)]
    public async Task A_weighted_lexical_leg_has_its_share_of_the_score(double weight, double nearest, double worded)
    {
        await using var index = await CreateAsync();
        await index.FillAsync([
            Make("n", pooled: Axis(0), caption: "a picture"), Make("m", pooled: Between(0, 1), caption: "a picture"),
            Make("w", pooled: Axis(2), caption: "a butterfly"), Make("x", pooled: Axis(2), caption: "a bee"),
        ]);
        await using var source = await index.OpenSourceAsync();
        var answer = await source.FindAsync(
            new RecallRequest { Pooled = Axis(0), Count = 4, LexicalText = "butterfly", LexicalWeight = weight }, None);
        var scores = answer.Candidates.ToDictionary(candidate => candidate.Id, candidate => candidate.Score);
        Assert.Equal(nearest, scores["n"], 1e-3);
        Assert.Equal(worded, scores["w"], 1e-3);
        Assert.Equal((1 - weight) * Math.Sqrt(0.5), scores["m"], 0.01);
        Assert.Equal(answer.Candidates.Select(candidate => candidate.Score).OrderDescending(), answer.Candidates.Select(candidate => candidate.Score));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"")]
    [InlineData("\"\" OR")]
    [InlineData("NEAR(a b, 2)")]
    [InlineData("caption : butterfly*")]
    [InlineData("-{caption} ^first + (")]
    [InlineData("a\0b")]
    [InlineData("\ud800 lone \udc00")]
    [InlineData("\uffff\ufffe")]
    [InlineData("'; DROP TABLE pictures; --")]
    [InlineData("\u0301\u0301")]
    [InlineData("AND")]
    [InlineData("\ud83d\ude00 \ud835\udc9c")]
    public async Task No_query_text_breaks_the_lexical_leg(string text)
    {
        await using var index = await CreateAsync();
        await index.FillAsync(Make("a", caption: "a butterfly"), Make("b", caption: "and a bee"), Make("c"));
        await using var source = await index.OpenSourceAsync();
        var answer = await source.FindAsync(new RecallRequest { Pooled = Vector(1), Count = 10, LexicalText = text }, None);
        Assert.Equal(3, answer.Candidates.Count);
    }

    private static IEnumerable<JsonElement> Meanings(string text)
    {
        yield return Value(JsonSerializer.Serialize(text));
        if (text is "true" or "false" or "null" || double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out _))
        {
            yield return Value(text);
        }
    }

    private static async Task Expect(ICandidateSource source, string name, IReadOnlyList<FieldFilter> filters, JsonElement ids)
    {
        var answer = await source.FindAsync(new RecallRequest { Pooled = Vector(1), Count = 100, Filters = filters }, None);
        var expected = ids.EnumerateArray().Select(id => id.GetString()).Order(StringComparer.Ordinal);
        Assert.True(
            expected.SequenceEqual(Ids(answer).Order(StringComparer.Ordinal)), $"{name}: {string.Join(", ", Ids(answer))}, expected {ids}");
    }

    private static List<string> Ids(RecallAnswer answer) => [.. answer.Candidates.Select(candidate => candidate.Id)];
}

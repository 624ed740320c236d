using System.Globalization;
using System.Text;
using System.Text.Json;
using Filip.Indexer;
using Filip.Indexer.Embedded;
using Filip.Recall;
using Filip.Recall.Embedded;
using Filip.Testing;
using Filip.Testing.Contracts;
using static Filip.Testing.Contracts.ContractDocuments;

namespace Filip.Elastic.Tests;

/// <summary>Attributes that mappings choke on: the same pictures, fields and filters on both engines.</summary>
public sealed class AttributesTests : IDisposable
{
    private static readonly string[] s_hostile =
    [
        """{"taken":"2021-05-04"}""", """{"taken":"unknown"}""", """{"taken":""}""", """{"taken":17}""", """{"_id":"x9","_source":"y"}""",
        """{"maker":"Acme"}""", """{"maker":{"name":"Acme"}}""", """{"maker.name":"Acme"}""", """{"maker":{"name":"Acme"},"maker.name":"Other"}""",
        """{"a\u0000b":1}""", """{"":1}""", """{" ":1}""", """{".":1,"..":2,".a":3,"a.":4,"a..b":5}""", """{"d":{"x":1,"x":2}}""", """{"n":1e400,"m":-0.0}""",
        """{"n":1e1}""", """{"n":10.00}""", """{"n":9007199254740993}""", """{"n":12345678901234567890123}""", """{"n":0.1}""", """{"n":"0.1"}""",
        """{"list":[]}""", """{"list":[null,[]]}""", """{"list":[1,[2,{"deep":3}]]}""", """{"yes":true}""", """{"yes":"true"}""", """{"yes":null}""",
        """{"half":"\ud800"}""", """{"\udc00":1}""", """{"t":"a\u001fs\u001fb"}""", """{"t\u001fs\u001fa":"b"}""",
        $$"""{"long":"{{new string('x', 40_000)}}"}""", $$"""{"long":"{{new string('\u65e5', 8_000)}}"}""", $$"""{"{{new string('k', 33_000)}}":1}""",
        Nested(19), Nested(21), Nested(60), Nested(509), Nested(600),
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("filip-elastic-").FullName;

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Hostile_attributes_have_the_same_fate_on_both_engines() =>
        await CompareAsync([.. s_hostile.Select((json, i) => Document($"h{i}", json))]);

    [Fact]
    public async Task Random_attributes_have_the_same_fate_on_both_engines()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var count = int.TryParse(Environment.GetEnvironmentVariable("FILIP_FUZZ"), CultureInfo.InvariantCulture, out var fuzz) ? Math.Min(fuzz, 20_000) : 150;
        await CompareAsync([.. Enumerable.Range(0, count).Select(i => Document($"r{i}", RandomObject(random, 4)))]);
    }

    [Fact]
    public async Task The_trials_pictures_are_all_kept_on_both_engines()
    {
        Assert.SkipWhen(GoldenFiles.Trials is null, "../shared/trials is not here.");
        var documents = File.ReadLines(Path.Combine(GoldenFiles.Trials!, "awkward-attributes", "manifest.jsonl")).Select(line =>
        {
            var fields = Parse(line);
            var id = fields["id"].GetString()!;
            fields.Remove("id");
            fields.Remove("path");
            return Make(id) with { Attributes = fields };
        }).ToList();
        Assert.Equal(documents.Count, await CompareAsync(documents));
    }

    /// <summary>Writes to both, compares outcomes, fields and what each scalar finds as a filter; how many were written.</summary>
    private async Task<int> CompareAsync(List<ImageDocument> documents)
    {
        await using var index = new ElasticContractIndex("flat");
        await using var elastic = await index.OpenSinkAsync();
        await using var embedded = new EmbeddedImageSink(EmbeddedIndex.Create(_folder, PortContract.Stamp));
        var left = await elastic.WriteAsync(documents, default);
        var right = await embedded.WriteAsync(documents, default);
        Assert.Equal(right.Select(outcome => outcome.Refusal), left.Select(outcome => outcome.Refusal));
        await elastic.CompleteAsync(default);
        await embedded.CompleteAsync(default);

        await using var far = await index.OpenSourceAsync();
        await using var near = new EmbeddedCandidateSource(EmbeddedIndex.Open(_folder));
        var ids = left.Where(outcome => outcome.Written).Select(outcome => outcome.Id).ToList();
        var (farFields, nearFields) = (await far.GetFieldsAsync(ids, default), await near.GetFieldsAsync(ids, default));
        Assert.Equal(ids.Order(), farFields.Keys.Order());
        foreach (var id in ids)
        {
            Assert.Equal(nearFields[id].Attributes.Keys.Order(StringComparer.Ordinal), farFields[id].Attributes.Keys.Order(StringComparer.Ordinal));
            Assert.All(nearFields[id].Attributes, pair => Assert.True(
                JsonElement.DeepEquals(pair.Value, farFields[id].Attributes[pair.Key]), $"{id} {pair.Key}: {pair.Value} {farFields[id].Attributes[pair.Key]}"));
        }

        foreach (var (field, value) in documents.Where(document => ids.Contains(document.Id)).SelectMany(Scalars).Distinct().Take(400))
        {
            using var parsed = JsonDocument.Parse(value);
            var request = new RecallRequest { Pooled = Axis(0), Count = 1000, Filters = [new FieldFilter(field, [parsed.RootElement])] };
            Assert.True(
                (await IdsAsync(near, request)).SequenceEqual(await IdsAsync(far, request)), $"{field[..Math.Min(field.Length, 40)]} = {value[..Math.Min(value.Length, 40)]}");
        }

        return ids.Count;
    }

    private static async Task<IEnumerable<string>> IdsAsync(ICandidateSource source, RecallRequest request) =>
        (await source.FindAsync(request, default)).Candidates.Select(candidate => candidate.Id).Order(StringComparer.Ordinal);

    private static ImageDocument Document(string id, string json) => Make(id) with
    {
        Attributes = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 1000 }).RootElement.EnumerateObject()
            .ToDictionary(member => Name(member), member => member.Value.Clone()),
    };

    // JsonProperty.Name throws for half a surrogate pair; a dictionary of attributes can hold one all the same.
    private static string Name(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return "\udc00";
        }
    }

    private static IEnumerable<(string Field, string Value)> Scalars(ImageDocument document) =>
        document.Attributes.SelectMany(pair => Scalars(pair.Key, pair.Value));

    private static IEnumerable<(string Field, string Value)> Scalars(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(member => Scalars($"{name}.{member.Name}", member.Value)),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(element => Scalars(name, element)),
        _ when name.Length == 0 => [],
        _ => [(name, value.GetRawText()), (name, "null")],
    };

    private static string Nested(int levels) =>
        string.Concat(Enumerable.Repeat("{\"k\":", levels)) + "1" + new string('}', levels);

    private static string RandomObject(Random random, int levels)
    {
        string[] names = ["a", "b", "a.b", "c d", "\\u00e9", "_id", "", "n\\u0000", "long"];
        var text = new StringBuilder("{");
        foreach (var name in names.Where(_ => random.Next(4) == 0))
        {
            text.Append(text.Length > 1 ? "," : "").Append('"').Append(name).Append("\":").Append(RandomValue(random, levels - 1));
        }

        return text.Append('}').ToString();
    }

    private static string RandomValue(Random random, int levels) => random.Next(levels > 0 ? 9 : 7) switch
    {
        0 => "null",
        1 => random.Next(2) == 0 ? "true" : "false",
        2 => random.Next(-3, 12).ToString(CultureInfo.InvariantCulture),
        3 => (random.Next(0, 40) / 4.0).ToString("0.00", CultureInfo.InvariantCulture),
        4 => "\"2024-01-0" + random.Next(1, 10) + "\"",
        5 => "\"" + new string((char)random.Next('a', 'd'), random.Next(0, 300)) + "\"",
        6 => "\"true\"",
        7 => RandomObject(random, levels),
        _ => "[" + string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => RandomValue(random, levels - 1))) + "]",
    };
}

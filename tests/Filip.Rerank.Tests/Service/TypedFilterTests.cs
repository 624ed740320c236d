using System.Text.Json;
using Filip.Embeddings;
using Filip.Embeddings.Codecs;
using Filip.Recall.Embedded;
using Filip.Rerank.Patches;
using Filip.Rerank.Tests.Search;

namespace Filip.Rerank.Tests.Service;

/// <summary>Filters compare by JSON type: a boolean is no text, a null matches null and missing, a list is any of its values.</summary>
public sealed class TypedFilterTests(SampleIndex sample) : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("filip-typed-").FullName;
    private EmbeddedIndex _index = null!;
    private RunningService _service = null!;

    public async ValueTask InitializeAsync()
    {
        (string Id, string Fields)[] pictures =
        [
            ("f1", """{"sold":true,"year":2020,"price":9.5,"tags":["red","round"]}"""),
            ("f2", """{"sold":false,"year":2021,"price":10,"tags":["red"]}"""),
            ("f3", """{"sold":null,"year":2021,"price":9.5,"tags":[]}"""),
            ("f4", """{"year":2022,"price":12.25,"tags":["blue, dark"]}"""),
            ("f5", """{"sold":true,"year":2021,"price":10.0,"tags":null}"""),
        ];
        var path = Path.Combine(_folder, "index");
        await using (var writer = EmbeddedIndex.Create(path, sample.Stamp))
        {
            await writer.WriteAsync([.. pictures.Select(picture => Picture(picture.Id, JsonElement.Parse(picture.Fields)))], CancellationToken.None);
            await writer.CompleteAsync(CancellationToken.None);
        }

        _index = EmbeddedIndex.Open(path);
        _service = await RunningService.StartAsync(
            sample, parts: parts => parts with { CandidateSource = new EmbeddedCandidateSource(_index), PatchStore = new EmbeddedPatchStore(_index) });
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        _index.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("""{"sold":true}""", "f1 f5")]
    [InlineData("""{"sold":false}""", "f2")]
    [InlineData("""{"sold":"true"}""", "")]
    [InlineData("""{"sold":null}""", "f3 f4")]
    [InlineData("""{"year":2021}""", "f2 f3 f5")]
    [InlineData("""{"price":10}""", "f2 f5")]
    [InlineData("""{"tags":"red"}""", "f1 f2")]
    [InlineData("""{"year":2021,"sold":true}""", "f5")]
    [InlineData("""{"year":[2020,2022]}""", "f1 f4")]
    [InlineData("""{"colour":"red"}""", "")]
    public async Task A_filter_takes_exactly_its_pictures(string filter, string ids)
    {
        var answer = await _service.AskAsync("/v1/search", $$"""{"query":"a red circle","filter":{{filter}}}""");
        Assert.False(answer.GetProperty("degraded").GetBoolean());
        Assert.Equal(ids, string.Join(' ', answer.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("id").GetString()).Order()));
    }

    private EmbeddedPicture Picture(string id, JsonElement fields)
    {
        var random = new Random(id[1]);
        float[] Row(int length)
        {
            var row = Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f).ToArray();
            var norm = MathF.Sqrt(row.Sum(value => value * value));
            return [.. row.Select(value => value / norm)];
        }

        return new EmbeddedPicture
        {
            Id = id,
            ContentHash = id,
            Pooled = Row(sample.Stamp.PooledDimension),
            PatchRecord = PatchRecord.Encode(
                new EmbeddingMatrix(Row(sample.Stamp.PatchDimension), sample.Stamp.PatchDimension), sample.Stamp.Codec, PatchGrid.None, sample.Stamp.Fingerprint),
            Attributes = fields.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.Clone()),
        };
    }
}

using System.Globalization;
using Filip.Indexer;
using Filip.Indexer.Elastic;
using Filip.Indexer.Pipeline;
using Filip.Indexer.Sources;

namespace Filip.Elastic.Tests.Sources;

/// <summary>Documents of a real foreign index as pictures to index, or as dead letters.</summary>
public sealed class ElasticSourceTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static string Root { get; } = Path.GetFullPath(Path.GetTempPath());

    [Fact]
    public async Task A_document_says_where_its_picture_is_and_what_is_copied()
    {
        var entry = await OnlyAsync(
            """{"image_path":"a/b.jpg","url":"https://example.org/x.jpg","title":"a chair","brand":"acme","price":12.50,"tags":["x","y"],"id":"own","none":null}""",
            new() { Path = "image_path", Caption = "title" });
        Assert.Equal(("an id/ü", "a/b.jpg", Path.Combine(Root, "a", "b.jpg"), "a chair"), (entry.Id, entry.Path, entry.File, entry.Caption));
        Assert.Null(entry.Url);
        Assert.Equal(
            """brand="acme" id="own" none=null price=12.50 tags=["x","y"] url="https://example.org/x.jpg" """.Trim(), Attributes(entry));
    }

    [Fact]
    public async Task Without_a_path_the_address_counts()
    {
        var entry = await OnlyAsync("""{"path":"","link":"https://example.org/x.jpg","n":1}""", new() { Url = "link" });
        Assert.Equal("https://example.org/x.jpg", entry.Url!.ToString());
        Assert.Null(entry.File);
        Assert.Equal("n=1", Attributes(entry));
    }

    [Theory]
    [InlineData("""{"media":{"image":{"file":"x.jpg"}}}""")]
    [InlineData("""{"media.image.file":"x.jpg"}""")]
    [InlineData("""{"media":{"image.file":["x.jpg","y.jpg"]}}""")]
    [InlineData("""{"media":[{"image":null},{"image":[{"file":[]},{"file":["x.jpg"]}]},{"image":{"file":"y.jpg"}}]}""")]
    public async Task A_dotted_name_reaches_into_objects_and_the_first_value_counts(string document)
    {
        foreach (var fields in (string[]?[])[null, []])
        {
            Assert.Equal("x.jpg", (await OnlyAsync(document, new() { Path = "media.image.file", Fields = fields })).Path);
        }
    }

    [Fact]
    public async Task Named_fields_alone_are_copied()
    {
        const string Document = """{"path":"x.jpg","brand":"acme","price":3,"maker":{"name":"m","town":"t"},"tags":[{"name":"a"},{"name":"b"}],"secret":"s"}""";
        Assert.Equal(
            """brand="acme" maker.name="m" tags.name=["a","b"]""",
            Attributes(await OnlyAsync(Document, new() { Fields = ["brand", "maker.name", "tags.name", "absent"] })));
        Assert.Equal("", Attributes(await OnlyAsync(Document, new() { Fields = [] })));
    }

    [Theory]
    [InlineData("""{"title":"nothing else"}""", DeadLetterCode.FieldRefused, "neither 'path' nor 'url'")]
    [InlineData("""{"path":null,"url":[]}""", DeadLetterCode.FieldRefused, "neither 'path' nor 'url'")]
    [InlineData("""{"path":7}""", DeadLetterCode.FieldRefused, "'path' is 7")]
    [InlineData("""{"path":[{"file":"x"}]}""", DeadLetterCode.FieldRefused, "expected a text")]
    [InlineData("""{"path":"x.jpg","caption":{"en":"a chair"}}""", DeadLetterCode.FieldRefused, "'caption'")]
    [InlineData("""{"path":"x\u0000.jpg"}""", DeadLetterCode.FieldRefused, "NUL")]
    [InlineData("""{"url":"ftp://example.org/x.jpg"}""", DeadLetterCode.FieldRefused, "http")]
    [InlineData("""{"url":"x.jpg"}""", DeadLetterCode.FieldRefused, "http")]
    public async Task A_document_without_a_picture_is_one_dead_letter_with_its_id(string document, string code, string said)
    {
        await using var index = new ForeignIndex();
        await index.MakeAsync("""{"enabled":false}""");
        await index.PutAsync([("bad", document), ("good", """{"path":"x.jpg"}""")]);
        var items = await index.ListAsync(new());
        Assert.Equal("good", Assert.Single(items.OfType<SourceItem.Named>()).Entry.Id);
        var letter = Assert.Single(items.OfType<SourceItem.Refused>()).Letter;
        Assert.Equal(("bad", code, null), (letter.Id, letter.Code, letter.Line));
        Assert.Contains(said, letter.Reason, StringComparison.Ordinal);
        Assert.Equal($"es://{index.Connection.Address.Nodes[0].Authority}/{index.Name}", letter.Source);
    }

    [Fact]
    public async Task Vectors_and_what_is_ours_are_never_read()
    {
        const string Mappings = """
            {"_meta":{"filip":{"model":"m"}},"properties":{"v":{"type":"dense_vector","dims":2,"index":false},"o":{"properties":{"w":{"type":"dense_vector","dims":2,"index":false}}},
             "filip":{"properties":{"content_hash":{"type":"keyword"}}}}}
            """;
        await using var index = new ForeignIndex();
        await index.MakeAsync(Mappings);
        await index.PutAsync([("a", """{"path":"x.jpg","v":[1,2],"o":{"w":[1,2],"kept":1},"filip":{"content_hash":"h"},"content_hash":"theirs"}""")]);
        var entry = Assert.IsType<SourceItem.Named>(Assert.Single(await index.ListAsync(new()))).Entry;
        Assert.Equal("""content_hash="theirs" o={"kept":1}""", Attributes(entry));
    }

    [Fact]
    public async Task Every_document_of_every_shard_is_given_once_and_a_query_takes_a_part()
    {
        await using var index = new ForeignIndex();
        await index.MakeAsync(shards: 5);
        await index.PutAsync(Enumerable.Range(0, 1_000).Select(n => ($"{n}", $$$"""{"path":"{{{n}}}.jpg","n":{{{n}}}}""")));
        Assert.Equal(Enumerable.Range(0, 1_000), Numbers(await index.ListAsync(new() { PageSize = 7 })));
        Assert.Equal(Enumerable.Range(0, 1_000), Numbers(await index.ListAsync(new() { PageSize = 1_000 })));
        var query = System.Text.Json.JsonElement.Parse("""{"range":{"n":{"gte":990}}}""");
        Assert.Equal(Enumerable.Range(990, 10), Numbers(await index.ListAsync(new() { PageSize = 3, Query = query })));
    }

    [Fact]
    public async Task A_query_that_is_none_refuses_the_source()
    {
        await using var index = new ForeignIndex();
        await index.MakeAsync();
        var source = await ElasticSource.OpenAsync(
            index.Connection, new() { Query = System.Text.Json.JsonElement.Parse("""{"trem":{"n":1}}""") }, null, Stop);
        var problem = await Assert.ThrowsAsync<SourceRefusedException>(async () => await source.ReadAsync(Stop).GetAsyncEnumerator(Stop).MoveNextAsync());
        Assert.Contains("trem", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_alias_over_indices_that_hold_the_same_id_gives_both_and_the_job_keeps_the_first()
    {
        await using var index = new ForeignIndex();
        var alias = $$$"""{"{{{index.Name}}}":{}}""";
        await index.MakeAsync(suffix: "-a", aliases: alias);
        await index.MakeAsync(suffix: "-b", aliases: alias);
        await index.PutAsync([("1", """{"path":"1.jpg"}"""), ("2", """{"path":"2.jpg"}""")], "-a");
        await index.PutAsync([("2", """{"path":"2.jpg"}"""), ("3", """{"path":"3.jpg"}""")], "-b");
        Assert.Equal([1, 2, 2, 3], Numbers(await index.ListAsync(new() { PageSize = 1 })));
    }

    [Fact]
    public async Task An_empty_index_gives_nothing_and_a_missing_one_is_refused()
    {
        await using var index = new ForeignIndex();
        var problem = await Assert.ThrowsAsync<SourceRefusedException>(() => index.ListAsync(new()));
        Assert.Equal(ExitCode.Usage, ExitCode.For(problem));
        await index.MakeAsync();
        Assert.Empty(await index.ListAsync(new()));
    }

    private static IEnumerable<int> Numbers(List<SourceItem> items) => items.Cast<SourceItem.Named>()
        .Select(item => int.Parse(item.Entry.Id, CultureInfo.InvariantCulture)).Order();

    private static string Attributes(PictureEntry entry) => string.Join(
        ' ', entry.Attributes.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value.GetRawText()}"));

    private static async Task<PictureEntry> OnlyAsync(string document, ElasticSourceOptions options)
    {
        await using var index = new ForeignIndex();
        await index.MakeAsync("""{"enabled":false}""");
        await index.PutAsync([("an id/ü", document)]);
        return Assert.IsType<SourceItem.Named>(Assert.Single(await index.ListAsync(options with { Root = Root }))).Entry;
    }
}

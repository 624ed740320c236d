using System.Text;
using System.Text.Json;
using Filip.Indexer.Pipeline;
using Filip.Indexer.Sources;
using Filip.Indexer.Tests.Parts;

namespace Filip.Indexer.Tests.Sources;

public sealed class JsonlSourceTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_record_brings_id_path_caption_and_attributes_with_their_types()
    {
        var item = Assert.Single(await ReadAsync(
            """{"id":"a","path":"p/a.jpg","caption":"a cat","n":5,"yes":true,"no":null,"tags":["x"],"deep":{"a":1},"_id":"x9"}"""));
        var entry = Assert.IsType<SourceItem.Named>(item).Entry;
        Assert.Equal(("a", "p/a.jpg", "a cat", 1L), (entry.Id, entry.Path, entry.Caption, entry.Line));
        Assert.Equal(_scratch.At("p", "a.jpg"), entry.File);
        Assert.Equal(["n", "yes", "no", "tags", "deep", "_id"], entry.Attributes.Keys);
        Assert.Equal(
            [JsonValueKind.Number, JsonValueKind.True, JsonValueKind.Null, JsonValueKind.Array, JsonValueKind.Object, JsonValueKind.String],
            entry.Attributes.Values.Select(value => value.ValueKind));
    }

    [Fact]
    public async Task Blank_lines_count_and_a_byte_order_mark_carriage_returns_and_a_missing_last_line_end_do_no_harm()
    {
        var items = await ReadAsync("\uFEFF{\"id\":\"1\",\"path\":\"x\"}\r\n\r\n \t\r\n{bad\r\n{\"id\":\"2\",\"path\":\"x\"}");
        Assert.Equal([("1", 1L), ("2", 5L)], items.Entries().Select(entry => (entry.Id, entry.Line!.Value)));
        var letter = Assert.Single(items.Refused());
        Assert.Equal((DeadLetterCode.LineUnreadable, 4L, null), (letter.Code, letter.Line, letter.Id));
        Assert.EndsWith("manifest.jsonl", letter.Source, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[1]""", DeadLetterCode.LineUnreadable, null, "Array")]
    [InlineData("""{"id":"a","path":"x"} {}""", DeadLetterCode.LineUnreadable, null, "no JSON object")]
    [InlineData("""{"id":"a","id":"b","path":"x"}""", DeadLetterCode.LineUnreadable, null, "Duplicate")]
    [InlineData("""{"path":"x"}""", DeadLetterCode.IdRefused, null, "'id'")]
    [InlineData("""{"id":null,"path":"x"}""", DeadLetterCode.IdRefused, null, "'id'")]
    [InlineData("""{"id":{},"path":"x"}""", DeadLetterCode.IdRefused, null, "'id'")]
    [InlineData("""{"id":"  ","path":"x"}""", DeadLetterCode.IdRefused, null, "empty")]
    [InlineData("""{"id":"\ud800","path":"x"}""", DeadLetterCode.IdRefused, null, "'id'")]
    [InlineData("""{"id":"a"}""", DeadLetterCode.FieldRefused, "a", "'path' nor 'url'")]
    [InlineData("""{"id":"a","path":5}""", DeadLetterCode.FieldRefused, "a", "'path'")]
    [InlineData("""{"path":5,"id":"a"}""", DeadLetterCode.FieldRefused, "a", "'path'")]
    [InlineData("""{"id":"a","path":"x\u0000"}""", DeadLetterCode.FieldRefused, "a", "NUL")]
    [InlineData("""{"id":"a","path":"x","caption":["c"]}""", DeadLetterCode.FieldRefused, "a", "'caption'")]
    [InlineData("""{"id":"a","url":"ftp://x/y"}""", DeadLetterCode.FieldRefused, "a", "'url'")]
    [InlineData("""{"id":"a","url":"pictures/1.png"}""", DeadLetterCode.FieldRefused, "a", "'url'")]
    [InlineData("""{"id":"a","path":"x","k":{"in":["\udc00"]}}""", DeadLetterCode.FieldRefused, "a", "'k'")]
    [InlineData("""{"id":"a","path":"x"," ":1}""", DeadLetterCode.FieldRefused, "a", "empty name")]
    public async Task A_bad_record_is_one_dead_letter_that_says_why(string line, string code, string? id, string says)
    {
        var items = await ReadAsync("""{"id":"0","path":"x"}""" + "\n" + line + "\n" + """{"id":"z","path":"x"}""");
        Assert.Equal(["0", "z"], items.Entries().Select(entry => entry.Id));
        var letter = Assert.Single(items.Refused());
        Assert.Equal((code, id, 2L), (letter.Code, letter.Id, letter.Line));
        Assert.Contains(says, letter.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_id_may_have_512_bytes_and_not_513()
    {
        var longest = new string('é', 256);
        var items = await ReadAsync($$"""{"id":"{{longest}}","path":"x"}""" + "\n" + $$"""{"id":"{{longest}}e","path":"x"}""");
        Assert.Equal(longest, Assert.Single(items.Entries()).Id);
        Assert.Contains("513", Assert.Single(items.Refused()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_number_is_an_id_and_a_url_beside_a_path_is_an_attribute()
    {
        var items = await ReadAsync("""{"id":7,"url":"https://x.org/a.jpg","path":"p"}""" + "\n" + """{"id":8,"url":"https://x.org/b.jpg"}""");
        var entries = items.Entries().ToList();
        Assert.Equal(("7", "p", null), (entries[0].Id, entries[0].Path, entries[0].Url));
        Assert.Equal("https://x.org/a.jpg", entries[0].Attributes["url"].GetString());
        Assert.Equal(("8", null, new Uri("https://x.org/b.jpg")), (entries[1].Id, entries[1].File, entries[1].Url));
        Assert.Empty(entries[1].Attributes);
    }

    [Fact]
    public async Task Bytes_that_are_no_utf8_and_a_line_without_end_cost_their_line()
    {
        var file = _scratch.At("manifest.jsonl");
        await using (var stream = File.Create(file))
        {
            stream.Write([(byte)'{', 0xFF, (byte)'}', (byte)'\n', (byte)'"']);
            var filler = Encoding.ASCII.GetBytes(new string('x', 1 << 20));
            for (var i = 0; i < 17; i++)
            {
                stream.Write(filler);
            }

            stream.Write("\n{\"id\":\"after\",\"path\":\"x\"}"u8);
        }

        var items = await new JsonlSource(file).ToListAsync();
        Assert.Equal(("after", 3L), (items.Entries().Single().Id, items.Entries().Single().Line!.Value));
        Assert.Equal([1L, 2L], items.Refused().Select(letter => letter.Line!.Value));
    }

    [Fact]
    public async Task The_count_is_that_of_lines_that_hold_anything()
    {
        _scratch.Write("manifest.jsonl", "\n{}\r\n \n{}\n{}");
        Assert.Equal(3, await new JsonlSource(_scratch.At("manifest.jsonl")).CountAsync(CancellationToken.None));
    }

    private async Task<List<SourceItem>> ReadAsync(string text)
    {
        _scratch.Write("manifest.jsonl", text);
        return await new JsonlSource(_scratch.At("manifest.jsonl")).ToListAsync();
    }
}

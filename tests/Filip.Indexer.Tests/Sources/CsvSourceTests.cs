using System.Text.Json;
using Filip.Indexer.Pipeline;
using Filip.Indexer.Sources;
using Filip.Indexer.Tests.Parts;

namespace Filip.Indexer.Tests.Sources;

public sealed class CsvSourceTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Quoted_cells_hold_commas_quotes_and_line_ends_and_lines_are_counted_in_the_file()
    {
        var items = await ReadAsync("\uFEFFid,path,caption,note\r\n1,a.jpg,\"big, \"\"red\"\"\r\ncat\",5\r\n\r\n2,b.jpg,,\r\n3,c.jpg,x,y");
        var entries = items.Entries().ToList();
        Assert.Equal([("1", 2L), ("2", 5L), ("3", 6L)], entries.Select(entry => (entry.Id, entry.Line!.Value)));
        Assert.Equal("big, \"red\"\r\ncat", entries[0].Caption);
        Assert.Equal((JsonValueKind.String, "5"), (entries[0].Attributes["note"].ValueKind, entries[0].Attributes["note"].GetString()));
        Assert.Null(entries[1].Caption);
        Assert.Empty(entries[1].Attributes);
        Assert.Equal(_scratch.At("c.jpg"), entries[2].File);
    }

    [Fact]
    public async Task A_bad_record_is_one_dead_letter_with_its_line()
    {
        var items = await ReadAsync("id,path\n1,a\n2\n3,c,d\n,e\n4,\n5,x\"y\n6,f\n");
        Assert.Equal(["1", "6"], items.Entries().Select(entry => entry.Id));
        Assert.Equal(
            [
                (3L, DeadLetterCode.LineUnreadable), (4L, DeadLetterCode.LineUnreadable), (5L, DeadLetterCode.IdRefused),
                (6L, DeadLetterCode.FieldRefused), (7L, DeadLetterCode.LineUnreadable),
            ],
            items.Refused().Select(letter => (letter.Line!.Value, letter.Code)).Order());
    }

    [Fact]
    public async Task A_quote_left_open_is_told_with_the_line_where_it_opens()
    {
        var items = await ReadAsync("id,path\n1,a\n2,\"b\n3,c\n4,d\n");
        Assert.Equal("1", Assert.Single(items.Entries()).Id);
        var letter = Assert.Single(items.Refused());
        Assert.Equal((3L, null), (letter.Line, letter.Id));
    }

    [Theory]
    [InlineData("")]
    [InlineData("path,caption\n")]
    [InlineData("id,caption\n")]
    [InlineData("id;path\n1;a\n")]
    [InlineData("id,path,note,note\n")]
    [InlineData("id,path,,note\n")]
    public async Task A_header_that_names_no_pictures_refuses_the_whole_file(string text)
    {
        var refusal = await Assert.ThrowsAsync<SourceRefusedException>(() => ReadAsync(text));
        Assert.Contains("manifest.csv", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, ExitCode.For(refusal));
    }

    [Fact]
    public async Task A_url_column_serves_records_without_a_path()
    {
        var items = await ReadAsync("id,path,url\n1,,https://x.org/1.jpg\n2,b.jpg,https://x.org/2.jpg\n");
        var entries = items.Entries().ToList();
        Assert.Equal(new Uri("https://x.org/1.jpg"), entries[0].Url);
        Assert.Equal((null, "b.jpg"), (entries[1].Url, entries[1].Path));
        Assert.Equal("https://x.org/2.jpg", entries[1].Attributes["url"].GetString());
    }

    [Fact]
    public async Task The_count_leaves_the_header_out()
    {
        _scratch.Write("manifest.csv", "id,path\n1,a\n2,b\n");
        Assert.Equal(2, await new CsvSource(_scratch.At("manifest.csv")).CountAsync(CancellationToken.None));
    }

    private async Task<List<SourceItem>> ReadAsync(string text)
    {
        _scratch.Write("manifest.csv", text);
        return await new CsvSource(_scratch.At("manifest.csv")).ToListAsync();
    }
}

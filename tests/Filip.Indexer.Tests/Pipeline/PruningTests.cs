using Filip.Indexer.Pipeline;
using Filip.Indexer.Tests.Parts;

namespace Filip.Indexer.Tests.Pipeline;

public sealed class PruningTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly MemorySink _sink = new(SmallTower.Stamp);

    public PruningTests()
    {
        for (var i = 0; i < 4; i++)
        {
            _scratch.Picture($"pictures/{i}.bmp", i);
        }

        _scratch.RunAsync(_sink).GetAwaiter().GetResult();
        File.Delete(_scratch.At("pictures", "2.bmp"));
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Pictures_that_are_gone_are_removed_only_when_asked()
    {
        Assert.Equal(0, (await _scratch.RunAsync(_sink)).Pruned);
        Assert.Equal(4, _sink.Held.Count);
        var summary = await _scratch.RunAsync(_sink, with: Prune);
        Assert.Equal((1, 3, 0), (summary.Pruned, summary.Unchanged, summary.Indexed));
        Assert.Equal(["0.bmp", "1.bmp", "3.bmp"], _sink.Held.Keys.Order(StringComparer.Ordinal));
        Assert.Empty(summary.Notes);
    }

    [Fact]
    public async Task A_picture_that_is_there_and_cannot_be_read_any_more_keeps_its_place()
    {
        _scratch.Write("pictures/1.bmp", "broken now");
        var summary = await _scratch.RunAsync(_sink, with: Prune);
        Assert.Equal((1, 1), (summary.Pruned, summary.Failed));
        Assert.Contains("1.bmp", _sink.Held.Keys);
    }

    [Fact]
    public async Task A_shard_prunes_nothing_and_says_so() =>
        await KeepsAllAsync(options => Prune(options) with { Shard = new(1, 2) }, "pictures", "shard 1/2");

    [Fact]
    public async Task An_unreadable_line_prunes_nothing_and_says_so()
    {
        _scratch.Write("m.jsonl", """{"id":"0.bmp","path":"pictures/0.bmp"}""" + "\n{half");
        await KeepsAllAsync(Prune, "m.jsonl", "could not be read");
    }

    [Fact]
    public async Task A_source_without_any_picture_prunes_nothing_and_asks_whether_it_is_mounted()
    {
        Directory.CreateDirectory(_scratch.At("unmounted"));
        await KeepsAllAsync(Prune, "unmounted", "mounted");
    }

    [Fact]
    public async Task A_refused_record_with_an_id_is_still_named_by_the_source()
    {
        _scratch.Write("m.jsonl", """{"id":"0.bmp","path":"pictures/0.bmp"}""" + "\n" + """{"id":"1.bmp"}""");
        var summary = await _scratch.RunAsync(_sink, "m.jsonl", Prune);
        Assert.Equal((2, 1), (summary.Pruned, summary.Failed));
        Assert.Equal(["0.bmp", "1.bmp"], _sink.Held.Keys.Order(StringComparer.Ordinal));
    }

    private static IndexingOptions Prune(IndexingOptions options) => options with { Prune = true };

    private async Task KeepsAllAsync(Func<IndexingOptions, IndexingOptions> with, string source, string says)
    {
        var summary = await _scratch.RunAsync(_sink, source, with);
        Assert.Equal((0, 4), (summary.Pruned, _sink.Held.Count));
        Assert.Contains(says, Assert.Single(summary.Notes), StringComparison.Ordinal);
    }
}

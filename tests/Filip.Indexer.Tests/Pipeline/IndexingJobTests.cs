using Filip.Embeddings.Codecs;
using Filip.Indexer.Pipeline;
using Filip.Indexer.Tests.Parts;

namespace Filip.Indexer.Tests.Pipeline;

public sealed class IndexingJobTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly MemorySink _sink = new(SmallTower.Stamp);

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Every_picture_is_indexed_once_and_a_second_run_sends_nothing()
    {
        MakePictures(25);
        var first = await _scratch.RunAsync(_sink);
        Assert.Equal((25, 0, 0, 0, null), (first.Indexed, first.Unchanged, first.Pruned, first.Failed, first.DeadLetters));
        Assert.Equal(Enumerable.Range(0, 25).Select(i => $"{i:D3}.bmp"), _sink.Held.Keys.Order(StringComparer.Ordinal));
        Assert.All(_sink.Sent.Values, times => Assert.Equal(1, times));
        Assert.Equal((SmallTower.Stamp.Fingerprint, "g1"), (first.Fingerprint, first.Generation));

        var writes = _sink.Writes;
        var tower = new SmallTower();
        var second = await _scratch.RunAsync(_sink, tower: tower);
        Assert.Equal((0, 25, 0), (second.Indexed, second.Unchanged, second.Failed));
        Assert.Equal((writes, 0, 2), (_sink.Writes, tower.Calls, _sink.Completed));
        Assert.Equal(ExitCode.Ok, ExitCode.For(second));
    }

    [Fact]
    public async Task The_record_holds_what_the_tower_gave_for_that_very_picture()
    {
        MakePictures(10);
        await _scratch.RunAsync(_sink, with: options => options with { BatchSize = 4 });
        var alone = new MemorySink(SmallTower.Stamp);
        await _scratch.RunAsync(alone, with: options => options with { BatchSize = 1, Concurrency = 1 });
        Assert.Equal(10, alone.Held.Values.Select(held => Convert.ToHexString(held.PatchRecord.Span)).Distinct().Count());
        Assert.All(alone.Held.Values, expected =>
        {
            var held = _sink.Held[expected.Id];
            Assert.True(expected.PatchRecord.Span.SequenceEqual(held.PatchRecord.Span), expected.Id);
            Assert.True(expected.Pooled.Span.SequenceEqual(held.Pooled.Span), expected.Id);
            var view = PatchRecord.Read(held.PatchRecord.Span);
            Assert.Equal((2, 3, PatchCodec.F16), (view.Rows, view.Dimension, view.Codec));
        });
    }

    [Fact]
    public async Task A_changed_picture_caption_attribute_or_path_is_sent_again_and_nothing_else()
    {
        MakePictures(5);
        Manifest("cat", "1", "000.bmp");
        await RunManifestAsync();
        _scratch.Picture("pictures/001.bmp", 77);
        Assert.Equal((1, 4), await RunManifestAsync());
        Manifest("dog", "1", "000.bmp");
        Assert.Equal((1, 4), await RunManifestAsync());
        Manifest("dog", "2", "000.bmp");
        Assert.Equal((1, 4), await RunManifestAsync());
        Manifest("dog", "2", "./000.bmp");
        Assert.Equal((1, 4), await RunManifestAsync());
        Manifest("dog", " 2 ", "./000.bmp");
        Assert.Equal((0, 5), await RunManifestAsync());
        Assert.Equal(("dog", "./000.bmp", 2), (_sink.Held["0"].Caption, _sink.Held["0"].Path, _sink.Held["0"].Attributes["n"].GetInt32()));

        async Task<(long, long)> RunManifestAsync()
        {
            var summary = await _scratch.RunAsync(_sink, "pictures/manifest.jsonl");
            Assert.Equal(0, summary.Failed);
            return (summary.Indexed, summary.Unchanged);
        }

        void Manifest(string caption, string number, string path) => _scratch.Write(
            "pictures/manifest.jsonl",
            $$"""{"id":"0","path":"{{path}}","caption":"{{caption}}","n":{{number}}}""" + "\n"
            + string.Concat(Enumerable.Range(1, 4).Select(i => $$"""{"id":"{{i}}","path":"00{{i}}.bmp"}""" + "\n")));
    }

    [Fact]
    public async Task The_shards_are_disjoint_and_together_the_whole()
    {
        MakePictures(40);
        _scratch.Write("pictures/bad.png", "no picture");
        long indexed = 0, failed = 0;
        for (var number = 1; number <= 3; number++)
        {
            var summary = await _scratch.RunAsync(_sink, with: options => options with { Shard = new(number, 3) });
            indexed += summary.Indexed;
            failed += summary.Failed;
            Assert.Equal(0, summary.Unchanged);
        }

        Assert.Equal((40, 1, 40), (indexed, failed, _sink.Held.Count));
        Assert.Equal(40, (await _scratch.RunAsync(_sink)).Unchanged);
    }

    [Fact]
    public async Task Memory_for_waiting_files_is_bounded_by_bytes_and_a_small_bound_only_slows()
    {
        for (var i = 0; i < 12; i++)
        {
            _scratch.Write($"pictures/{i}.bmp", ScratchFolder.Bmp(i, 100, 100));
        }

        var summary = await _scratch.RunAsync(
            _sink, with: options => options with { MaxFileBytes = 31_000, BufferBytes = 31_000, Readers = 8 });
        Assert.Equal((12, 0), (summary.Indexed, summary.Failed));
    }

    [Fact]
    public async Task Progress_ends_with_everything_counted_and_the_total_known()
    {
        MakePictures(9);
        _scratch.Write("pictures/bad.png", "no picture");
        var seen = new List<IndexingProgress>();
        var options = new IndexingOptions
        {
            DeadLetterFile = _scratch.At("dead.jsonl"),
            ProgressInterval = TimeSpan.FromMilliseconds(10),
        };
        _sink.BeforeWrite = () => Task.Delay(60);
        await new IndexingJob(new Indexer.Sources.FolderSource(_scratch.At("pictures")), new SmallTower().Model, _sink, options)
            .RunAsync(new Listener(seen));
        Assert.Equal((10L, 9L, 0L, 1L), (seen[^1].Total, seen[^1].Indexed, seen[^1].Unchanged, seen[^1].Failed));
        Assert.True(seen.Zip(seen.Skip(1)).All(pair => pair.First.Done <= pair.Second.Done));
    }

    [Fact]
    public async Task An_empty_folder_is_an_answer()
    {
        Directory.CreateDirectory(_scratch.At("pictures"));
        var summary = await _scratch.RunAsync(_sink);
        Assert.Equal((0, 0, 1), (summary.Indexed, summary.Failed, _sink.Completed));
    }

    [Fact]
    public async Task What_was_passed_over_is_counted_and_named()
    {
        MakePictures(1);
        _scratch.Write("pictures/readme.txt", "x");
        var summary = await _scratch.RunAsync(_sink);
        Assert.Equal(1, summary.PassedOver);
        Assert.Contains("readme.txt", Assert.Single(summary.Notes), StringComparison.Ordinal);
    }

    private void MakePictures(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _scratch.Picture($"pictures/{i:D3}.bmp", i);
        }
    }

    private sealed class Listener(List<IndexingProgress> seen) : IProgress<IndexingProgress>
    {
        public void Report(IndexingProgress value) => seen.Add(value);
    }
}

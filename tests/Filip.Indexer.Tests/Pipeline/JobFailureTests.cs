using Filip.Indexer.Pipeline;
using Filip.Indexer.Sources;
using Filip.Indexer.Tests.Parts;

namespace Filip.Indexer.Tests.Pipeline;

public sealed class JobFailureTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task One_bad_picture_costs_one_picture_and_has_its_reason()
    {
        MakePictures(12);
        _scratch.Write("pictures/empty.png", "");
        _scratch.Write("pictures/text.jpg", "hello");
        _scratch.Write("pictures/cut.bmp", ScratchFolder.Bmp(1).AsSpan(0, 80));
        _scratch.Write("pictures/large.bmp", ScratchFolder.Bmp(1, 200, 100));
        File.CreateSymbolicLink(_scratch.At("pictures", "gone.png"), _scratch.At("nowhere.png"));
        var sink = new MemorySink(SmallTower.Stamp);
        var summary = await _scratch.RunAsync(sink, with: options => options with { MaxFileBytes = 30_000 });
        Assert.Equal((12, 5), (summary.Indexed, summary.Failed));
        Assert.Equal(_scratch.At("dead.jsonl"), summary.DeadLetters);
        Assert.Equal(ExitCode.DeadLetters, ExitCode.For(summary));
        var letters = _scratch.DeadLetters().ToDictionary(letter => letter.Id!);
        Assert.Equal(["cut.bmp", "empty.png", "gone.png", "large.bmp", "text.jpg"], letters.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(
            (DeadLetterCode.FileEmpty, DeadLetterCode.FileTooLarge, DeadLetterCode.FileMissing),
            (letters["empty.png"].Code, letters["large.bmp"].Code, letters["gone.png"].Code));
        Assert.All(letters.Values, letter => Assert.True(letter.Reason.Length > 10 && letter.Path == letter.Id));
    }

    [Fact]
    public async Task A_file_of_an_earlier_job_is_gone_when_this_one_has_no_dead_letters()
    {
        MakePictures(2);
        _scratch.Write("pictures/bad.png", "x");
        var sink = new MemorySink(SmallTower.Stamp);
        Assert.NotNull((await _scratch.RunAsync(sink)).DeadLetters);
        File.Delete(_scratch.At("pictures", "bad.png"));
        Assert.Null((await _scratch.RunAsync(sink)).DeadLetters);
        Assert.False(File.Exists(_scratch.At("dead.jsonl")));
    }

    [Fact]
    public async Task What_the_index_refuses_for_ever_is_a_dead_letter_with_its_line()
    {
        MakePictures(6);
        _scratch.Write("pictures/m.csv", "id,path\n" + string.Concat(Enumerable.Range(0, 6).Select(i => $"p{i},{i:D3}.bmp\n")));
        var sink = new MemorySink(SmallTower.Stamp) { Poison = { "p1", "p4" } };
        var summary = await _scratch.RunAsync(sink, "pictures/m.csv");
        Assert.Equal((4, 2), (summary.Indexed, summary.Failed));
        Assert.Equal(
            [("p1", 3L, DeadLetterCode.IndexRefused), ("p4", 6L, DeadLetterCode.IndexRefused)],
            _scratch.DeadLetters().Select(letter => (letter.Id!, letter.Line!.Value, letter.Code)).Order());
        Assert.Equal((0, 4), ((await _scratch.RunAsync(sink, "pictures/m.csv")).Indexed, sink.Held.Count));
    }

    [Fact]
    public async Task The_second_record_of_an_id_is_a_dead_letter_that_names_both_lines()
    {
        MakePictures(3);
        _scratch.Write(
            "pictures/m.jsonl",
            """{"id":"a","path":"000.bmp"}""" + "\n" + """{"id":"b","path":"001.bmp"}""" + "\n\n" + """{"id":"a","path":"002.bmp"}""");
        var sink = new MemorySink(SmallTower.Stamp);
        var summary = await _scratch.RunAsync(sink, "pictures/m.jsonl");
        Assert.Equal((2, 1, "000.bmp"), (summary.Indexed, summary.Failed, sink.Held["a"].Path));
        var letter = Assert.Single(_scratch.DeadLetters());
        Assert.Equal((DeadLetterCode.DuplicateId, "a", 4L), (letter.Code, letter.Id, letter.Line));
        Assert.Contains("line 1", letter.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_index_that_goes_down_stops_the_job_and_keeps_what_it_took()
    {
        MakePictures(60);
        var sink = new MemorySink(SmallTower.Stamp) { WritesBeforeDown = 3 };
        var failure = await Assert.ThrowsAsync<SinkUnavailableException>(() => _scratch.RunAsync(sink));
        Assert.Equal(ExitCode.DependencyDown, ExitCode.For(failure));
        Assert.InRange(sink.Held.Count, 1, 12);
        Assert.Equal(0, sink.Completed);

        var up = new MemorySink(SmallTower.Stamp);
        foreach (var (id, held) in sink.Held)
        {
            up.Held[id] = held;
        }

        var summary = await _scratch.RunAsync(up);
        Assert.Equal((60 - sink.Held.Count, sink.Held.Count), (summary.Indexed, summary.Unchanged));
    }

    [Fact]
    public async Task A_full_disk_has_an_exit_code_of_its_own_however_deep_it_lies()
    {
        MakePictures(3);
        var full = new IOException("No space left on device", OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28);
        var sink = new MemorySink(SmallTower.Stamp) { WritesBeforeDown = 0, Down = () => new SinkUnavailableException("down", full) };
        var failure = await Assert.ThrowsAsync<SinkUnavailableException>(() => _scratch.RunAsync(sink));
        Assert.Equal(ExitCode.Disk, ExitCode.For(failure));
        Assert.Equal(ExitCode.Failure, ExitCode.For(new IOException("other")));
    }

    [Fact]
    public async Task The_tower_failing_on_one_picture_costs_that_one_even_in_a_batch()
    {
        MakePictures(9);
        _scratch.Write("pictures/white.bmp", White());
        var tower = new SmallTower { ThrowsOn = pixels => pixels.ToArray().All(value => value == 1) };
        var summary = await _scratch.RunAsync(new MemorySink(SmallTower.Stamp), tower: tower);
        Assert.Equal((9, 1), (summary.Indexed, summary.Failed));
        var letter = Assert.Single(_scratch.DeadLetters());
        Assert.Equal(("white.bmp", DeadLetterCode.EncodingFailed), (letter.Id, letter.Code));
    }

    [Theory]
    [InlineData(float.NaN, 0, 0, "NaN")]
    [InlineData(0, 3, 0, "length 3")]
    public async Task A_pooled_vector_that_is_not_of_unit_length_is_never_stored(float x, float y, float z, string says)
    {
        MakePictures(4);
        _scratch.Write("pictures/white.bmp", White());
        var tower = new SmallTower { Instead = pixels => pixels.ToArray().All(value => value == 1) ? [x, y, z] : null };
        var summary = await _scratch.RunAsync(new MemorySink(SmallTower.Stamp), tower: tower);
        Assert.Equal((4, 1), (summary.Indexed, summary.Failed));
        Assert.Contains(says, Assert.Single(_scratch.DeadLetters()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tower_that_fails_on_everything_is_a_failure_of_the_job_not_of_the_pictures()
    {
        MakePictures(60);
        var tower = new SmallTower { ThrowsOn = _ => true };
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => _scratch.RunAsync(new MemorySink(SmallTower.Stamp), tower: tower));
        Assert.Contains("model folder", failure.Message, StringComparison.Ordinal);
        Assert.InRange(_scratch.DeadLetters().Count, 1, 59);
    }

    [Fact]
    public async Task A_picture_at_a_url_is_refused_item_by_item_unless_urls_are_allowed()
    {
        MakePictures(1);
        _scratch.Write("pictures/m.jsonl", """{"id":"a","path":"000.bmp"}""" + "\n" + """{"id":"u","url":"https://127.0.0.1/x.jpg"}""");
        var sink = new MemorySink(SmallTower.Stamp);
        Assert.Equal(1, (await _scratch.RunAsync(sink, "pictures/m.jsonl")).Indexed);
        Assert.Equal((DeadLetterCode.UrlNotAllowed, "u", 2L), Letter());
        await _scratch.RunAsync(sink, "pictures/m.jsonl", options => options with { AllowUrls = true });
        Assert.Equal((DeadLetterCode.UrlFailed, "u", 2L), Letter());
        Assert.Contains("no public address", _scratch.DeadLetters()[0].Reason, StringComparison.Ordinal);

        (string, string?, long?) Letter() => _scratch.DeadLetters() is [var letter] ? (letter.Code, letter.Id, letter.Line) : default;
    }

    [Fact]
    public async Task The_manifest_is_never_overwritten_by_dead_letters()
    {
        var manifest = _scratch.Write("m.jsonl", "{}");
        await Assert.ThrowsAsync<ArgumentException>(() => _scratch.RunAsync(
            new MemorySink(SmallTower.Stamp), from: new JsonlSource(manifest), with: options => options with { DeadLetterFile = manifest }));
        Assert.Equal("{}", File.ReadAllText(manifest));
    }

    private static byte[] White()
    {
        var bytes = ScratchFolder.Bmp(0);
        bytes.AsSpan(54).Fill(255);
        return bytes;
    }

    private void MakePictures(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _scratch.Picture($"pictures/{i:D3}.bmp", i);
        }
    }
}

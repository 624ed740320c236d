using Filip.Indexer;
using static Filip.Testing.Contracts.ContractDocuments;

namespace Filip.Testing.Contracts;

/// <summary>What every <see cref="IImageSink"/> must keep.</summary>
public abstract class ImageSinkContract : PortContract
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task A_written_picture_is_known_by_its_content_hash_to_the_next_sink()
    {
        await using var index = await CreateAsync();
        await index.FillAsync(Make("a", 1), Make("b", 2));
        await using var sink = await index.OpenSinkAsync();
        var hashes = await sink.GetContentHashesAsync(["b", "missing", "a", "a"], None);
        Assert.Equal([("a", "00000001"), ("b", "00000002")], hashes.Select(pair => (pair.Key, pair.Value)).Order());
        Assert.Equal(Stamp, sink.Stamp);
        Assert.NotEmpty(sink.Generation);
    }

    [Fact]
    public async Task An_acknowledged_picture_is_known_without_completing()
    {
        await using var index = await CreateAsync();
        await using (var sink = await index.OpenSinkAsync())
        {
            Assert.True((await sink.WriteAsync([Make("a", 1)], None))[0].Written);
        }

        await using var next = await index.OpenSinkAsync();
        Assert.Single(await next.GetContentHashesAsync(["a"], None));
    }

    [Fact]
    public async Task Ids_of_any_Unicode_are_different_pictures_and_are_listed_once_in_a_stable_order()
    {
        await using var index = await CreateAsync();
        await index.FillAsync([.. AwkwardIds.Select(id => Make(id))]);
        await using var sink = await index.OpenSinkAsync();
        var listed = await ListAsync(sink);
        Assert.Equal(AwkwardIds.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
        Assert.Equal(listed, await ListAsync(sink));
        Assert.Equal(AwkwardIds.Count, (await sink.GetContentHashesAsync(AwkwardIds, None)).Count);
        Assert.Equal(AwkwardIds.Count, (await sink.CompleteAsync(None)).Pictures);
    }

    [Fact]
    public async Task Writing_an_id_again_replaces_the_picture()
    {
        await using var index = await CreateAsync();
        await index.FillAsync(Make("a", 1, "old words", """{"n":1}"""), Make("b", 1));
        await index.FillAsync(Make("a", 2, "new words", """{"n":2}"""));
        await using var sink = await index.OpenSinkAsync();
        Assert.Equal(["a", "b"], await ListAsync(sink));
        Assert.Equal("00000002", (await sink.GetContentHashesAsync(["a"], None))["a"]);
        await using var source = await index.OpenSourceAsync();
        Assert.Equal(2, await source.CountAsync(None));
        Assert.Equal("new words", (await source.GetFieldsAsync(["a"], None))["a"].Caption);
        await using var store = await index.OpenPatchStoreAsync();
        using var batch = await store.FetchAsync(["a"], None);
        Assert.Equal(Record("a", 2), batch[0].ToArray());
    }

    [Fact]
    public async Task A_picture_that_cannot_be_kept_is_refused_alone_and_in_its_place()
    {
        var infinite = Axis(0);
        infinite[3] = float.NaN;
        ImageDocument[] documents =
        [
            Make("first"), Make(""), Make(new string('x', 513)), Make("lone\ud800"), Make("short") with { Pooled = new float[] { 1 } },
            Make("nan", pooled: infinite), Make("zero", pooled: new float[Dimension]), Make("no record") with { PatchRecord = default }, Make("last"),
        ];
        await using var index = await CreateAsync();
        await using var sink = await index.OpenSinkAsync();
        var outcomes = await sink.WriteAsync(documents, None);
        Assert.Equal(documents.Select(document => document.Id), outcomes.Select(outcome => outcome.Id));
        Assert.Equal(
            documents.Select(document => document.Id is "first" or "last"), outcomes.Select(outcome => outcome.Written));
        Assert.All(outcomes.Where(outcome => !outcome.Written), outcome => Assert.NotEmpty(outcome.Refusal!));
        Assert.Equal(2, (await sink.CompleteAsync(None)).Pictures);
        Assert.Equal(["first", "last"], await ListAsync(sink));
    }

    [Fact]
    public async Task A_call_without_pictures_is_refused()
    {
        await using var index = await CreateAsync();
        await using var sink = await index.OpenSinkAsync();
        await Assert.ThrowsAsync<ArgumentException>(async () => await sink.WriteAsync([], None));
    }

    [Fact]
    public async Task Deleting_says_how_many_were_there()
    {
        await using var index = await CreateAsync();
        await index.FillAsync(Make("a"), Make("b"), Make("c"));
        await using var sink = await index.OpenSinkAsync();
        Assert.Equal(2, await sink.DeleteAsync(["a", "missing", "c", "a"], None));
        Assert.Equal(0, await sink.DeleteAsync(["a"], None));
        Assert.Equal(1, (await sink.CompleteAsync(None)).Pictures);
        Assert.Equal(["b"], await ListAsync(sink));
        Assert.Empty(await sink.GetContentHashesAsync(["a", "c"], None));
    }

    [Fact]
    public async Task A_deleted_picture_can_be_written_again()
    {
        await using var index = await CreateAsync();
        await index.FillAsync(Make("a", 1, "words"));
        await using var sink = await index.OpenSinkAsync();
        await sink.DeleteAsync(["a"], None);
        await sink.WriteAsync([Make("a", 2, "words")], None);
        Assert.Equal(1, (await sink.CompleteAsync(None)).Pictures);
        Assert.Equal("00000002", (await sink.GetContentHashesAsync(["a"], None))["a"]);
    }

    [Fact]
    public async Task Tasks_that_write_at_once_lose_nothing()
    {
        await using var index = await CreateAsync();
        await using var sink = await index.OpenSinkAsync();
        await Parallel.ForEachAsync(Enumerable.Range(0, 40), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (call, stop) =>
        {
            // Every fourth id is everyone's: the last writer wins, whoever it is.
            ImageDocument[] documents = [.. Enumerable.Range(0, 5).Select(i => Make(i == 0 ? "everyone" : $"{call}-{i}"))];
            Assert.All(await sink.WriteAsync(documents, stop), outcome => Assert.True(outcome.Written, outcome.Refusal));
        });
        Assert.Equal(161, (await sink.CompleteAsync(None)).Pictures);
        Assert.Equal(161, (await ListAsync(sink)).Distinct().Count());
    }

    [Fact]
    public async Task The_summary_counts_bytes_on_disk()
    {
        await using var index = await CreateAsync();
        await using var sink = await index.OpenSinkAsync();
        await sink.WriteAsync([.. Enumerable.Range(0, 50).Select(i => Make($"{i}", recordLength: 5000))], None);
        var summary = await sink.CompleteAsync(None);
        Assert.Equal(50, summary.Pictures);
        Assert.InRange(summary.BytesPerPicture, 5000, 50_000);
    }

    [Fact]
    public async Task An_empty_index_completes()
    {
        await using var index = await CreateAsync();
        await using var sink = await index.OpenSinkAsync();
        Assert.Equal(0, (await sink.CompleteAsync(None)).Pictures);
        Assert.Empty(await ListAsync(sink));
        Assert.Empty(await sink.GetContentHashesAsync(["a"], None));
        Assert.Equal(0, await sink.DeleteAsync(["a"], None));
    }

    [Fact]
    public async Task A_cancelled_call_throws_and_leaves_the_sink_usable()
    {
        await using var index = await CreateAsync();
        await using var sink = await index.OpenSinkAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await sink.WriteAsync([Make("cancelled")], new CancellationToken(canceled: true)));
        Assert.True((await sink.WriteAsync([Make("a")], None))[0].Written);
        Assert.Equal(1, (await sink.CompleteAsync(None)).Pictures);
    }

    private static async Task<List<string>> ListAsync(IImageSink sink)
    {
        List<string> ids = [];
        await foreach (var id in sink.ListIdsAsync(None))
        {
            ids.Add(id);
        }

        return ids;
    }
}

using Filip.Rerank.Patches;
using static Filip.Testing.Contracts.ContractDocuments;

namespace Filip.Testing.Contracts;

/// <summary>What every <see cref="IPatchStore"/> must keep.</summary>
public abstract class PatchStoreContract : PortContract
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task Records_come_back_to_the_byte_in_the_order_asked()
    {
        await using var index = await CreateAsync();
        int[] lengths = [1, 15, 16, 17, 100, 9_504, 70_000];
        await index.FillAsync([.. lengths.Select(length => Make($"p{length}", recordLength: length))]);
        await using var store = await index.OpenPatchStoreAsync();
        using var batch = await store.FetchAsync([.. lengths.Reverse().Select(length => $"p{length}")], None);
        Assert.Equal(lengths.Length, batch.Count);
        Assert.All(Enumerable.Range(0, batch.Count), i =>
        {
            var length = lengths[^(i + 1)];
            Assert.Equal(Record($"p{length}", 1, length), batch[i].ToArray());
        });
    }

    [Fact]
    public async Task A_missing_picture_has_an_empty_record_in_its_place()
    {
        await using var index = await CreateAsync();
        await index.FillAsync(Make("a"), Make("b"));
        await using var store = await index.OpenPatchStoreAsync();
        using var batch = await store.FetchAsync(["missing", "b", "", "a", "A"], None);
        Assert.Equal([0, 100, 0, 100, 0], Enumerable.Range(0, batch.Count).Select(i => batch[i].Length));
        Assert.Equal(Record("b", 1), batch[1].ToArray());
    }

    [Fact]
    public async Task Repeated_ids_are_answered_each_time()
    {
        await using var index = await CreateAsync();
        await index.FillAsync(Make("a"), Make("b"));
        await using var store = await index.OpenPatchStoreAsync();
        using var batch = await store.FetchAsync(["a", "b", "a", "a"], None);
        Assert.Equal(4, batch.Count);
        Assert.All([0, 2, 3], i => Assert.Equal(Record("a", 1), batch[i].ToArray()));
    }

    [Fact]
    public async Task No_ids_give_an_empty_batch()
    {
        await using var index = await CreateAsync();
        await index.FillAsync(Make("a"));
        await using var store = await index.OpenPatchStoreAsync();
        using var batch = await store.FetchAsync([], None);
        Assert.Equal(0, batch.Count);
    }

    [Fact]
    public async Task Ids_of_any_Unicode_find_their_own_record()
    {
        await using var index = await CreateAsync();
        await index.FillAsync([.. AwkwardIds.Select(id => Make(id))]);
        await using var store = await index.OpenPatchStoreAsync();
        using var batch = await store.FetchAsync(AwkwardIds, None);
        Assert.All(Enumerable.Range(0, batch.Count), i => Assert.Equal(Record(AwkwardIds[i], 1), batch[i].ToArray()));
    }

    [Fact]
    public async Task A_deleted_picture_is_missing_and_a_replaced_one_has_its_new_record()
    {
        await using var index = await CreateAsync();
        await index.FillAsync(Make("a", 1), Make("b", 1), Make("c", 1));
        await using (var sink = await index.OpenSinkAsync())
        {
            await sink.DeleteAsync(["a"], None);
            await sink.WriteAsync([Make("b", 2, recordLength: 333)], None);
            await sink.CompleteAsync(None);
        }

        await using var store = await index.OpenPatchStoreAsync();
        using var batch = await store.FetchAsync(["a", "b", "c"], None);
        Assert.True(batch[0].IsEmpty);
        Assert.Equal(Record("b", 2, 333), batch[1].ToArray());
        Assert.Equal(Record("c", 1), batch[2].ToArray());
    }

    [Fact]
    public async Task A_batch_stays_as_it_was_until_disposed_whatever_is_written()
    {
        await using var index = await CreateAsync();
        await index.FillAsync([.. Enumerable.Range(0, 30).Select(i => Make($"{i}", 1))]);
        await using var store = await index.OpenPatchStoreAsync();
        var ids = Enumerable.Range(0, 30).Select(i => $"{i}").ToArray();
        using var batch = await store.FetchAsync(ids, None);
        await index.FillAsync([.. ids.Select(id => Make(id, 2, recordLength: 4_000))]);
        await using (var sink = await index.OpenSinkAsync())
        {
            await sink.DeleteAsync([.. ids.Take(20)], None);
            await sink.CompleteAsync(None);
        }

        Assert.All(Enumerable.Range(0, 30), i => Assert.Equal(Record($"{i}", 1), batch[i].ToArray()));
    }

    [Fact]
    public async Task Many_tasks_may_fetch_at_once()
    {
        await using var index = await CreateAsync();
        await index.FillAsync([.. Enumerable.Range(0, 50).Select(i => Make($"{i}"))]);
        await using var store = await index.OpenPatchStoreAsync();
        await Parallel.ForEachAsync(Enumerable.Range(0, 64), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (n, stop) =>
        {
            string[] ids = [$"{n % 50}", "missing", $"{(n + 7) % 50}"];
            using var batch = await store.FetchAsync(ids, stop);
            Assert.Equal(Record(ids[0], 1), batch[0].ToArray());
            Assert.True(batch[1].IsEmpty);
            Assert.Equal(Record(ids[2], 1), batch[2].ToArray());
        });
    }

    [Fact]
    public async Task A_cancelled_fetch_throws()
    {
        await using var index = await CreateAsync();
        await index.FillAsync(Make("a"));
        await using var store = await index.OpenPatchStoreAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => (await store.FetchAsync(["a"], new CancellationToken(canceled: true))).Dispose());
    }
}

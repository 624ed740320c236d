using Filip.Rerank.Patches;

namespace Filip.Rerank.Tests.Search;

/// <summary>A patch store with something the matter with it.</summary>
/// <param name="answer">What it does instead of an honest fetch.</param>
public sealed class FaultyPatchStore(Func<IReadOnlyList<string>, CancellationToken, Task<PatchBatch>> answer) : IPatchStore
{
    private int _calls;

    public int Calls => Volatile.Read(ref _calls);

    public static FaultyPatchStore Throwing() => new((_, _) => throw new IOException("The disk is gone."));

    public static FaultyPatchStore Empty() =>
        new((ids, _) => Task.FromResult(new PatchBatch(new ReadOnlyMemory<byte>[ids.Count])));

    public static FaultyPatchStore Short() =>
        new((_, _) => Task.FromResult(new PatchBatch([])));

    /// <summary>Waits as asked, and heeds no token.</summary>
    public static FaultyPatchStore Hanging(Task until) => new(async (ids, _) =>
    {
        await until;
        return new PatchBatch(new ReadOnlyMemory<byte>[ids.Count]);
    });

    /// <summary>Holds its thread, as a page fault on a dead disk does.</summary>
    public static FaultyPatchStore Blocking(ManualResetEventSlim until) => new((ids, _) =>
    {
        until.Wait(CancellationToken.None);
        return Task.FromResult(new PatchBatch(new ReadOnlyMemory<byte>[ids.Count]));
    });

    /// <summary>The inner store's records, each changed.</summary>
    public static FaultyPatchStore Changing(IPatchStore inner, Func<int, byte[], byte[]> change) => new(async (ids, token) =>
    {
        using var batch = await inner.FetchAsync(ids, token);
        return new PatchBatch([.. Enumerable.Range(0, batch.Count)
            .Select(i => (ReadOnlyMemory<byte>)change(i, batch[i].ToArray()))]);
    });

    public async ValueTask<PatchBatch> FetchAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        return await answer(ids, cancellationToken);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

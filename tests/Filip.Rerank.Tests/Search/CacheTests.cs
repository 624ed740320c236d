using Filip.Embeddings;
using Filip.Rerank.Patches;
using Filip.Rerank.Search;
using Microsoft.Extensions.Time.Testing;

namespace Filip.Rerank.Tests.Search;

public sealed class CacheTests
{
    private static readonly CancellationToken s_none = CancellationToken.None;

    [Fact]
    public async Task A_text_asked_again_does_not_run_the_tower_again()
    {
        var tower = new CountingTower();
        var cache = new CachingTextEncoder(tower, 2);
        await cache.EncodeAsync(["a"], s_none);
        await cache.EncodeAsync(["a", "b", "a"], s_none);
        Assert.Equal(["a", "b"], tower.Asked);
    }

    [Fact]
    public async Task The_least_recently_used_text_goes_first()
    {
        var tower = new CountingTower();
        var cache = new CachingTextEncoder(tower, 2);
        foreach (var text in new[] { "a", "b", "a", "c", "a", "b" })
        {
            Assert.Equal(text, (await cache.EncodeAsync([text], s_none))[0].Text);
        }

        Assert.Equal(["a", "b", "c", "b"], tower.Asked);
        Assert.Equal(2, cache.Count);
    }

    [Fact]
    public async Task Callers_at_the_same_time_share_one_run()
    {
        var gate = new TaskCompletionSource();
        var tower = new CountingTower { Gate = gate.Task };
        var cache = new CachingTextEncoder(tower, 10);
        var callers = Enumerable.Range(0, 20).Select(_ => cache.EncodeAsync(["a"], s_none).AsTask()).ToList();
        gate.SetResult();
        await Task.WhenAll(callers);
        Assert.Equal(["a"], tower.Asked);
    }

    [Fact]
    public async Task A_caller_that_goes_does_not_take_the_others_answer_along()
    {
        var gate = new TaskCompletionSource();
        var cache = new CachingTextEncoder(new CountingTower { Gate = gate.Task }, 10);
        using var gone = new CancellationTokenSource();
        var first = cache.EncodeAsync(["a"], gone.Token).AsTask();
        var second = cache.EncodeAsync(["a"], s_none).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetResult();
        Assert.Equal("a", (await second)[0].Text);
    }

    [Fact]
    public async Task A_failed_run_is_forgotten()
    {
        var tower = new CountingTower { Failures = 1 };
        var cache = new CachingTextEncoder(tower, 10);
        await Assert.ThrowsAsync<IOException>(() => cache.EncodeAsync(["a"], s_none).AsTask());
        Assert.Equal("a", (await cache.EncodeAsync(["a"], s_none))[0].Text);
    }

    [Fact]
    public async Task Patch_records_are_kept_up_to_their_bytes()
    {
        var inner = Records(10);
        await using var cache = new CachingPatchStore(inner, () => "g", maxBytes: 35, TimeSpan.FromHours(1));
        await FetchAsync(cache, "a", "b", "c");
        await FetchAsync(cache, "a", "b", "c");
        Assert.Equal(1, inner.Calls);
        await FetchAsync(cache, "d");
        Assert.Equal(30, cache.Bytes);
        await FetchAsync(cache, "b", "c", "d");
        Assert.Equal(2, inner.Calls);
        await FetchAsync(cache, "a");
        Assert.Equal(3, inner.Calls);
    }

    [Fact]
    public async Task A_new_generation_an_invalidation_and_age_empty_the_patch_cache()
    {
        var clock = new FakeTimeProvider();
        var generation = "1";
        var inner = Records(10);
        await using var cache = new CachingPatchStore(inner, () => generation, 1000, TimeSpan.FromMinutes(1), clock);
        await FetchAsync(cache, "a");
        generation = "2";
        await FetchAsync(cache, "a");
        Assert.Equal(2, inner.Calls);
        cache.Invalidate();
        await FetchAsync(cache, "a");
        Assert.Equal(3, inner.Calls);
        clock.Advance(TimeSpan.FromMinutes(1));
        await FetchAsync(cache, "a");
        Assert.Equal(4, inner.Calls);
        await FetchAsync(cache, "a");
        Assert.Equal(4, inner.Calls);
    }

    [Fact]
    public async Task Missing_records_are_asked_for_again_and_repeated_ids_once()
    {
        List<IReadOnlyList<string>> asked = [];
        var inner = new FaultyPatchStore((ids, _) =>
        {
            asked.Add(ids);
            return Task.FromResult(new PatchBatch([.. ids.Select(id => (ReadOnlyMemory<byte>)(id == "gone" ? [] : new byte[] { (byte)id[0] }))]));
        });
        await using var cache = new CachingPatchStore(inner, () => "g", 1000, TimeSpan.FromHours(1));
        using var batch = await cache.FetchAsync(["x", "gone", "y", "x"], s_none);
        Assert.Equal([(byte)'x'], batch[0].ToArray());
        Assert.True(batch[1].IsEmpty);
        Assert.Equal([(byte)'y'], batch[2].ToArray());
        Assert.Equal([(byte)'x'], batch[3].ToArray());
        using var again = await cache.FetchAsync(["gone", "y"], s_none);
        Assert.Equal([["x", "gone", "y"], ["gone"]], asked);
    }

    private static FaultyPatchStore Records(int bytes) => new((ids, _) =>
        Task.FromResult(new PatchBatch([.. ids.Select(_ => (ReadOnlyMemory<byte>)new byte[bytes])])));

    private static async Task FetchAsync(CachingPatchStore cache, params string[] ids)
    {
        using var batch = await cache.FetchAsync(ids, s_none);
        Assert.Equal(ids.Length, batch.Count);
    }

    private sealed class CountingTower : ITextEncoder
    {
        public List<string> Asked { get; } = [];

        public Task Gate { get; init; } = Task.CompletedTask;

        public int Failures { get; set; }

        public async ValueTask<IReadOnlyList<TextEmbedding>> EncodeAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken)
        {
            Asked.AddRange(texts);
            await Gate;
            if (Failures-- > 0)
            {
                throw new IOException("The device is busy.");
            }

            return [.. texts.Select(text => new TextEmbedding(text, new EmbeddingMatrix(new float[] { 1 }, 1), new float[] { 1 }, []))];
        }
    }
}

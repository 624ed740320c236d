using Filip.Indexer.Elastic;

namespace Filip.Elastic.Tests;

/// <summary>The bound on bytes in flight.</summary>
public sealed class InFlightBytesTests
{
    private const long Most = 4 * 1024 * 1024;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_more_bytes_are_let_in_than_the_limit_unless_one_alone_is_larger()
    {
        var gate = new InFlightBytes(Most);
        var (used, worst) = (0L, 0L);
        var random = new Random(1);
        var sizes = Enumerable.Range(0, 300).Select(i => i % 50 == 7 ? 2 * Most : random.NextInt64(1, Most / 3)).ToArray();
        var pushedBack = sizes.Select(_ => random.Next(5) == 0).ToArray();
        await Task.WhenAll(sizes.Select((size, i) => Task.Run(
            async () =>
            {
                await gate.EnterAsync(size, Stop);
                var now = Interlocked.Add(ref used, size);
                if (size <= Most)
                {
                    InterlockedMax(ref worst, now);
                }

                await Task.Delay(1, Stop);
                Interlocked.Add(ref used, -size);
                gate.Leave(size, pushedBack[i]);
            },
            Stop)));
        Assert.InRange(worst, 1, Most);
    }

    [Fact]
    public void A_push_back_halves_the_limit_to_a_least_and_success_raises_it_to_the_most()
    {
        var gate = new InFlightBytes(Most);
        gate.Leave(0, pushedBack: true);
        Assert.Equal(Most / 2, gate.Limit);
        for (var i = 0; i < 50; i++)
        {
            gate.Leave(0, pushedBack: true);
        }

        Assert.InRange(gate.Limit, 1, Most / 8);
        for (var i = 0; i < 50; i++)
        {
            gate.Leave(0, pushedBack: false);
        }

        Assert.Equal(Most, gate.Limit);
    }

    [Fact]
    public async Task Whoever_gives_up_waiting_leaves_the_place_to_the_next()
    {
        var gate = new InFlightBytes(Most);
        await gate.EnterAsync(Most, Stop);
        using var cancel = new CancellationTokenSource();
        var first = gate.EnterAsync(Most, cancel.Token).AsTask();
        var second = gate.EnterAsync(10, Stop).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.False(second.IsCompleted);
        gate.Leave(Most, pushedBack: false);
        await second;
    }

    private static void InterlockedMax(ref long place, long value)
    {
        for (var seen = Interlocked.Read(ref place); seen < value; seen = Interlocked.Read(ref place))
        {
            Interlocked.CompareExchange(ref place, value, seen);
        }
    }
}

using Filip.Indexer.Tests.Parts;

namespace Filip.Indexer.Tests.Pipeline;

public sealed class StoppingTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly MemorySink _sink = new(SmallTower.Stamp);
    private readonly CancellationTokenSource _stop = new();

    public StoppingTests()
    {
        for (var i = 0; i < 1500; i++)
        {
            _scratch.Picture($"pictures/{i:D4}.bmp", i);
        }
    }

    public void Dispose()
    {
        _stop.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task A_drain_finishes_what_was_read_completes_the_index_and_prunes_nothing()
    {
        _sink.BeforeWrite = StopAtTheSecondWriteAsync;
        var summary = await _scratch.RunAsync(_sink, with: options => options with { Prune = true }, drain: _stop.Token);
        Assert.True(summary.Drained);
        Assert.Equal(ExitCode.Failure, ExitCode.For(summary));
        Assert.InRange(summary.Indexed, 4, 1499);
        Assert.Equal((summary.Indexed, 0L, 1L), ((long)_sink.Held.Count, summary.Pruned, (long)_sink.Completed));
        Assert.Contains("stopped", Assert.Single(summary.Notes), StringComparison.Ordinal);

        var rest = await _scratch.RunAsync(_sink);
        Assert.Equal((1500 - summary.Indexed, summary.Indexed), (rest.Indexed, rest.Unchanged));
    }

    [Fact]
    public async Task An_abort_stops_at_once_and_keeps_what_was_acknowledged()
    {
        _sink.BeforeWrite = StopAtTheSecondWriteAsync;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _scratch.RunAsync(_sink, abort: _stop.Token));
        Assert.Equal(0, _sink.Completed);
        var held = _sink.Held.Count;
        Assert.InRange(held, 1, 1499);
        _sink.BeforeWrite = () => Task.CompletedTask;
        Assert.Equal(held, (await _scratch.RunAsync(_sink)).Unchanged);
    }

    private Task StopAtTheSecondWriteAsync() => _sink.Writes >= 1 ? _stop.CancelAsync() : Task.CompletedTask;
}

using System.Diagnostics;
using System.Globalization;
using Filip.Indexer.Embedded;
using Filip.Indexer.Tests.Parts;
using Filip.Recall.Embedded;

namespace Filip.Indexer.Tests.Real;

/// <summary>kill -9 at random moments, again and again (FILIP_KILLS times; FILIP_SEED repeats a run): nothing acknowledged is lost.</summary>
public sealed class KillTests(ITestOutputHelper output) : IDisposable
{
    private const int Pictures = 1200;
    private const int KillsAnIndex = 5;

    private static readonly int s_kills = Number("FILIP_KILLS") ?? 25;

    private readonly ScratchFolder _scratch = new();
    private readonly HashSet<string> _acknowledged = [];

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task What_was_acknowledged_survives_kill_9_and_the_same_job_again_ends_with_every_picture_once()
    {
        var seed = Number("FILIP_SEED") ?? Random.Shared.Next();
        output.WriteLine($"FILIP_SEED={seed}");
        var random = new Random(seed);
        for (var i = 0; i < Pictures; i++)
        {
            _scratch.Picture($"pictures/{i:D4}.bmp", i);
        }

        var cutShort = 0;
        for (var kill = 0; kill < s_kills; kill++)
        {
            var index = $"index-{kill / KillsAnIndex}";
            if (kill % KillsAnIndex == 0)
            {
                _acknowledged.Clear();
            }

            // After a random number of acknowledgements (none among them), and a random moment later, whatever is then going on.
            var ended = await RunAsync(index, random.Next(Pictures / 8), random.Next(kill % 4 == 0 ? 100_000 : 5_000));
            cutShort += ended ? 0 : 1;
            await AssertHeldAsync(index, $"kill {kill}, seed {seed}");
            if (kill % KillsAnIndex == KillsAnIndex - 1 || kill == s_kills - 1)
            {
                await FinishAsync(index);
            }
        }

        output.WriteLine($"{cutShort} of {s_kills} runs were cut short.");
        Assert.True(cutShort > s_kills / 2, $"Only {cutShort} of {s_kills} kills came before the job's end.");
    }

    private async Task FinishAsync(string index)
    {
        await using (var sink = Open(index))
        {
            var summary = await _scratch.RunAsync(sink);
            Assert.Equal((Pictures, 0), (summary.Indexed + summary.Unchanged, summary.Failed));
        }

        await using (var sink = Open(index))
        {
            var idle = await _scratch.RunAsync(sink);
            Assert.Equal((0, Pictures, 0), (idle.Indexed, idle.Unchanged, idle.Failed));
            var ids = new List<string>();
            await foreach (var id in sink.ListIdsAsync(CancellationToken.None))
            {
                ids.Add(id);
            }

            Assert.Equal(Enumerable.Range(0, Pictures).Select(i => $"{i:D4}.bmp"), ids);
        }
    }

    private async Task AssertHeldAsync(string index, string when)
    {
        if (_acknowledged.Count == 0)
        {
            return;
        }

        await using var sink = Open(index);
        var held = await sink.GetContentHashesAsync([.. _acknowledged], CancellationToken.None);
        var lost = _acknowledged.Where(id => !held.ContainsKey(id)).ToList();
        Assert.True(lost.Count == 0, $"{when}: {lost.Count} acknowledged pictures are lost, such as {lost.FirstOrDefault()}.");
    }

    private EmbeddedImageSink Open(string index) => new(EmbeddedIndex.Create(_scratch.At(index), SmallTower.Stamp));

    /// <summary>Runs the job in a process of its own; false where it was killed before its end.</summary>
    private async Task<bool> RunAsync(string index, int acknowledged, int microseconds)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList =
            {
                "exec", Path.Combine(AppContext.BaseDirectory, "Filip.KilledIndexer.dll"),
                _scratch.At("pictures"), _scratch.At(index), _scratch.At("child-dead.jsonl"),
                acknowledged.ToString(CultureInfo.InvariantCulture), microseconds.ToString(CultureInfo.InvariantCulture),
            },
            RedirectStandardOutput = true,
        };
        using var child = Process.Start(start)!;
        var done = false;
        while (await child.StandardOutput.ReadLineAsync() is { } line)
        {
            // A line that the kill cut in two names no picture.
            if (line.StartsWith('+') && line.Length == "+0000.bmp".Length)
            {
                _acknowledged.Add(line[1..]);
            }

            done |= line == "done";
        }

        await child.WaitForExitAsync();
        return done;
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}

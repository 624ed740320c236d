using System.Diagnostics;
using System.Globalization;
using Filip.Crash;
using Filip.Indexer.Elastic;
using Filip.Recall;
using Filip.Recall.Elastic;
using Filip.Rerank.Elastic;

namespace Filip.Elastic.Tests;

/// <summary>A writer in a process of its own, killed again and again; what it acknowledged must be there, once, and newest.</summary>
public sealed class KillTests
{
    private const int Numbers = 2_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static int Kills =>
        int.TryParse(Environment.GetEnvironmentVariable("FILIP_KILLS"), CultureInfo.InvariantCulture, out var kills) ? kills : 25;

    [Fact]
    public async Task A_writer_killed_again_and_again_loses_nothing_it_acknowledged()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var connection = RealElastic.Connect();
        var newest = new Dictionary<string, int>();
        try
        {
            for (var kill = 0; kill < Kills; kill++)
            {
                var acknowledged = await WriteAsync($"{connection.Address}", kill * Numbers, TimeSpan.FromMilliseconds(random.Next(0, 400)));
                Assert.NotEmpty(acknowledged);
                foreach (var number in acknowledged)
                {
                    newest[CrashPictures.Make(number).Id] = number;
                }

                await ExpectAsync(connection, newest, (kill + 1) * Numbers, complete: false);
            }

            Assert.Null(await new ElasticGenerations(connection).CurrentAsync(Stop));
            await ExpectAsync(connection, newest, Kills * Numbers, complete: true);
            Assert.Single(await new ElasticGenerations(connection).ListAsync(Stop));
        }
        finally
        {
            await RealElastic.DropAsync(connection);
        }
    }

    private static async Task ExpectAsync(ElasticConnection connection, Dictionary<string, int> newest, int end, bool complete)
    {
        await using var sink = await ElasticImageSink.OpenAsync(connection, ElasticWriter.Stamp, ElasticWriter.Options, null, Stop);
        var hashes = await sink.GetContentHashesAsync([.. newest.Keys], Stop);
        foreach (var (id, number) in newest)
        {
            // Something newer may have been written and not yet acknowledged; never something older.
            Assert.InRange(int.Parse(hashes[id], CultureInfo.InvariantCulture), number, end);
        }

        if (!complete)
        {
            return;
        }

        List<string> listed = [];
        await foreach (var id in sink.ListIdsAsync(Stop))
        {
            listed.Add(id);
        }

        Assert.Equal(listed.Distinct().Count(), listed.Count);
        Assert.Empty(newest.Keys.Except(listed));
        Assert.Equal(listed.Count, (await sink.CompleteAsync(Stop)).Pictures);
        await using var store = new ElasticPatchStore(connection);
        using var batch = await store.FetchAsync(listed, Stop);
        hashes = await sink.GetContentHashesAsync(listed, Stop);
        Assert.All(Enumerable.Range(0, listed.Count), i => Assert.Equal(
            CrashPictures.Make(int.Parse(hashes[listed[i]], CultureInfo.InvariantCulture)).PatchRecord.ToArray(), batch[i].ToArray()));
        await using var source = await ElasticCandidateSource.OpenAsync(connection, null, Stop);
        var answer = await source.FindAsync(new RecallRequest { Pooled = ElasticWriter.Make(0).Pooled, Count = 2 * CrashPictures.Ids }, Stop);
        Assert.Equal(listed.Order(), answer.Candidates.Select(candidate => candidate.Id).Order());
    }

    /// <summary>Runs the writer, kills it some time after its first acknowledgement, and gives back what it had acknowledged.</summary>
    private static async Task<List<int>> WriteAsync(string url, int first, TimeSpan patience)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, "Filip.Crash.dll"), "elastic", url, $"{first}", $"{Numbers}"])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(Stop);
        List<int> acknowledged = [];
        Task? killer = null;
        while (await process.StandardOutput.ReadLineAsync(Stop) is { } line)
        {
            if (!line.StartsWith("ack ", StringComparison.Ordinal))
            {
                process.Kill();
                Assert.Fail($"The writer said '{line}' before it was killed.");
            }

            acknowledged.Add(int.Parse(line.AsSpan(4), CultureInfo.InvariantCulture));
            killer ??= Task.Run(
                async () =>
                {
                    await Task.Delay(patience);
                    process.Kill();
                },
                Stop);
        }

        await process.WaitForExitAsync(Stop);
        Assert.True((await errors).Length == 0, await errors);
        return acknowledged;
    }
}

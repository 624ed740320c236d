using System.Diagnostics;
using System.Globalization;
using Filip.Crash;
using Filip.Recall.Embedded;

namespace Filip.Recall.Tests.Embedded;

/// <summary>A writer in a process of its own, killed; what it acknowledged must be there, once, and sound.</summary>
public sealed class CrashTests
{
    private static int Kills =>
        int.TryParse(Environment.GetEnvironmentVariable("FILIP_KILLS"), CultureInfo.InvariantCulture, out var kills) ? kills : 13;

    public static TheoryData<string, int> Milestones => new()
    {
        { "before-sync", 1 }, { "before-sync", 7 }, { "segments-synced", 1 }, { "segments-synced", 9 }, { "before-commit", 2 },
        { "before-commit", 11 }, { "committed", 1 }, { "committed", 8 }, { "compaction-synced", 1 }, { "compaction-synced", 2 },
        { "compaction-committed", 1 }, { "compaction-committed", 2 },
    };

    [Theory, MemberData(nameof(Milestones))]
    public async Task A_writer_that_dies_at_a_marked_point_loses_nothing_it_acknowledged(string milestone, int occurrence)
    {
        using var folder = new ScratchFolder();
        var acknowledged = await WriteAsync(folder.Path, 0, 400, [milestone, $"{occurrence}"], patience: null);
        Assert.DoesNotContain("complete", acknowledged);
        await ExpectAsync(folder.Path, acknowledged, 400);

        // The next writer mends what is left over and goes on.
        await using (var writer = EmbeddedIndex.Create(folder.Path, CrashPictures.Stamp))
        {
            await writer.WriteAsync([CrashPictures.Make(1000)], CancellationToken.None);
        }

        var findings = await EmbeddedVerifier.VerifyAsync(folder.Path, CancellationToken.None);
        Assert.DoesNotContain(findings, finding => finding.Level != IndexFinding.Info);
    }

    [Fact]
    public async Task A_writer_killed_again_and_again_loses_nothing_it_acknowledged()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var folder = new ScratchFolder();
        List<string> acknowledged = [];
        for (var kill = 0; kill < Kills; kill++)
        {
            var first = 1000 * kill;
            acknowledged.AddRange(await WriteAsync(folder.Path, first, 1000, [], TimeSpan.FromMilliseconds(random.Next(5, 250))));
            await ExpectAsync(folder.Path, acknowledged, first + 1000);
        }

        Assert.NotEmpty(acknowledged);
    }

    /// <summary>Runs the writer, kills it some time after its first acknowledgement, and gives back what it had acknowledged.</summary>
    private static async Task<List<string>> WriteAsync(string folder, int first, int count, string[] death, TimeSpan? patience)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])[
            Path.Combine(AppContext.BaseDirectory, "Filip.Crash.dll"), folder, $"{first}", $"{count}", .. death])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        List<string> acknowledged = [];
        Task? killer = null;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            acknowledged.Add(line.StartsWith("ack ", StringComparison.Ordinal) ? line[4..] : line);
            killer ??= patience is { } time ? Task.Run(async () =>
            {
                await Task.Delay(time);
                process.Kill();
            }) : Task.CompletedTask;
        }

        await process.WaitForExitAsync();
        Assert.True((await errors).Length == 0, await errors);
        acknowledged.Remove("complete");
        return acknowledged;
    }

    private static async Task ExpectAsync(string folder, List<string> acknowledged, int end)
    {
        if (!EmbeddedIndex.Exists(folder))
        {
            Assert.Empty(acknowledged);
            return;
        }

        var findings = await EmbeddedVerifier.VerifyAsync(folder, CancellationToken.None);
        Assert.DoesNotContain(findings, finding => finding.Level == IndexFinding.Error);
        using var index = EmbeddedIndex.Open(folder);
        var newest = acknowledged.Select(number => int.Parse(number, CultureInfo.InvariantCulture))
            .GroupBy(number => CrashPictures.Make(number).Id).ToDictionary(group => group.Key, group => group.Max());
        foreach (var (id, number) in newest)
        {
            var facts = await index.InspectAsync(id, CancellationToken.None);
            Assert.NotNull(facts);

            // Something newer may have been written and not yet acknowledged; never something older.
            var stored = int.Parse(facts.ContentHash, CultureInfo.InvariantCulture);
            Assert.InRange(stored, number, end);
            using var lease = index.LeasePatches([id]);
            Assert.Equal(CrashPictures.Make(stored).PatchRecord.ToArray(), lease.Records[0].ToArray());
        }

        var source = new EmbeddedCandidateSource(index);
        var answer = await source.FindAsync(
            new RecallRequest { Pooled = CrashPictures.Make(0).Pooled, Count = CrashPictures.Ids * 2 }, CancellationToken.None);
        Assert.Equal(index.Count, answer.Candidates.Count);
        Assert.Equal(answer.Candidates.Count, answer.Candidates.Select(candidate => candidate.Id).Distinct().Count());
    }
}

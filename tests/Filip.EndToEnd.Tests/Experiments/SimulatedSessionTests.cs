using System.Text.Json;
using Filip.Relevance.Online;
using Filip.Testing;

namespace Filip.EndToEnd.Tests.Experiments;

/// <summary>Whole experiments: the service on a port, sessions over HTTP, and what the command line then says of them.</summary>
public sealed class SimulatedSessionTests(SampleIndex samples) : IDisposable
{
    private const int Sessions = 160;

    /// <summary>A small window: what is tried is the experiment, not the scoring.</summary>
    private const int Window = 30;

    /// <summary>A user's mind is made up before the search: this often the preferred side's best picture is what is clicked.</summary>
    private const double Liking = 0.7;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("b", "recall", "rerank")]
    [InlineData("a", "rerank", "recall")]
    public async Task Interleaved_sessions_that_prefer_one_side_name_it_the_winner_and_only_B_is_promoted(string preferred, string a, string b)
    {
        var folder = _folder.Path;
        var file = Write(folder, new { name = "trial", mode = "interleave", a, b, seed = 5, events = "events.jsonl", smallest_effect = 0.2, latency_budget_ms = 60_000 });
        await using (var service = await ServingProcess.StartAsync(samples.Path, file))
        {
            await SimulateAsync(service, preferred);
        }

        var status = await FilipProgram.RunAsync("experiment", "status", file, "--output", "json");
        var evidence = status.Json().GetProperty("evidence");
        Assert.Equal(preferred, evidence.GetProperty("winner").GetString());
        Assert.Equal(Sessions, evidence.GetProperty("answer").GetProperty("sessions").GetInt32());
        Assert.Equal(0, evidence.GetProperty("stray_clicks").GetInt32());
        Assert.Equal(0, evidence.GetProperty("bad_lines").GetInt32());
        Assert.True(evidence.GetProperty("uncounted").GetProperty("forced").GetInt32() > 0);
        Assert.Equal(preferred == "b", evidence.GetProperty("may_promote").GetBoolean());

        var skipped = await FilipProgram.RunAsync("experiment", "promote", file, "--to", "percentage");
        skipped.Expect(1);
        Assert.Contains(Lines(skipped), line => line.StartsWith("missing order", StringComparison.Ordinal));

        var promoted = await FilipProgram.RunAsync("experiment", "promote", file, "--to", "full", "--quiet");
        promoted.Expect(preferred == "b" ? 0 : 1);
        var next = Path.Combine(folder, "trial.full.json");
        if (preferred == "a")
        {
            Assert.StartsWith("missing outcome", Assert.Single(Lines(promoted)), StringComparison.Ordinal);
            Assert.False(File.Exists(next));
            return;
        }

        Assert.Equal(next, promoted.Stdout.Trim());
        await using var full = await ServingProcess.StartAsync(samples.Path, next);
        var answer = (await full.SearchAsync(new { query = "a tree" }, "s")).GetProperty("experiment");
        Assert.Equal(("full", "b"), (answer.GetProperty("mode").GetString(), answer.GetProperty("variant").GetString()));
        var again = await FilipProgram.RunAsync("experiment", "promote", file, "--to", "full");
        Assert.Contains("not overwritten", again.ExpectOneLine(2), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_keeps_its_variant_over_a_restart_and_it_is_the_librarys()
    {
        const double Share = 0.3;
        var folder = _folder.Path;
        var file = Write(folder, new { name = "split", mode = "percentage", a = "recall", b = "rerank", share = Share, seed = 7, events = "events.jsonl" });
        string[] sessions = [.. Enumerable.Range(0, 40).Select(i => $"visitor-{i}")];
        List<string[]> seen = [];
        for (var start = 0; start < 2; start++)
        {
            await using var service = await ServingProcess.StartAsync(samples.Path, file);
            List<string> variants = [];
            foreach (var session in sessions)
            {
                var answer = await service.SearchAsync(new { query = "a yellow flower", top = 5, candidates = Window }, session);
                variants.Add(answer.GetProperty("experiment").GetProperty("variant").GetString()!);
            }

            seen.Add([.. variants]);
            if (start == 1)
            {
                // The switch that every configuration has, named or not.
                await File.WriteAllTextAsync(file + ".kill", "");
                await Task.Delay(TimeSpan.FromSeconds(1));
                var killed = await service.SearchAsync(new { query = "a tree" }, sessions[variants.IndexOf("b")], "b");
                Assert.Equal("killed", killed.GetProperty("experiment").GetProperty("uncounted").GetString());
                Assert.Equal("a", killed.GetProperty("experiment").GetProperty("variant").GetString());
            }
        }

        Assert.Equal(sessions.Select(session => VariantAssignment.Of("split#7", session, 1 - Share, Share) == 1 ? "b" : "a"), seen[0]);
        Assert.Equal(seen[0], seen[1]);
        Assert.Equal(["a", "b"], seen[0].Distinct().Order());

        // A killed process leaves nothing half told: two visits each, and the split is as planned.
        var status = await FilipProgram.RunAsync("experiment", "status", file, "--output", "json");
        var answers = status.Json().GetProperty("evidence").GetProperty("answer");
        Assert.Equal(sessions.Length, answers.GetProperty("sessions").GetInt32());
        Assert.Equal(0, answers.GetProperty("switched_sessions").GetInt32());
        Assert.True(answers.GetProperty("sample_ratio").GetProperty("p").GetDouble() > 0.001);
    }

    [Fact]
    public async Task Without_events_every_missing_part_has_a_line_and_nothing_is_written()
    {
        var folder = _folder.Path;
        var file = Write(folder, new { name = "early", mode = "percentage", a = "recall", b = "rerank", events = "events.jsonl" });
        var refused = await FilipProgram.RunAsync("experiment", "promote", file, "--to", "interleave");
        refused.Expect(1);
        Assert.Equal(
            ["missing latency", "missing outcome", "missing power", "missing ratio", "missing soundness"],
            Lines(refused).Select(line => line.Split(':')[0]).Order());
        Assert.Empty(refused.Stdout);
        Assert.Equal([file], Directory.GetFiles(folder));
        var wrong = await FilipProgram.RunAsync("experiment", "status", Path.Combine(folder, "nothing.json"));
        wrong.ExpectOneLine(2);
    }

    private static async Task SimulateAsync(ServingProcess service, string preferred)
    {
        var queries = File.ReadLines(Path.Combine(GoldenFiles.Samples, "queries.jsonl"))
            .Where(line => line.Length > 0).Select(line => JsonElement.Parse(line).GetProperty("text").GetString()!).Take(20).ToList();
        List<(string Query, string Liked)> minds = [];
        foreach (var query in queries)
        {
            var (a, b) = (await FirstAsync(service, query, "a"), await FirstAsync(service, query, "b"));
            if (a != b)
            {
                minds.Add((query, preferred == "a" ? a : b));
            }
        }

        Assert.NotEmpty(minds);
        await Parallel.ForAsync(0, Sessions, new ParallelOptions { MaxDegreeOfParallelism = 3 }, async (i, _) =>
        {
            var random = new Random(i);
            var (query, liked) = minds[i % minds.Count];
            var session = $"visitor-{i}";
            var answer = await service.SearchAsync(new { query, top = 10, candidates = Window, session });
            var ids = answer.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("id").GetString()!).ToList();
            var clicked = random.NextDouble() < Liking ? liked : ids[random.Next(ids.Count)];
            await service.ClickAsync(answer.GetProperty("experiment").GetProperty("query_id").GetString()!, session, clicked);
        });
    }

    private static async Task<string> FirstAsync(ServingProcess service, string query, string variant)
    {
        var answer = await service.SearchAsync(new { query, top = 1, candidates = Window }, "researcher", variant);
        return answer.GetProperty("results")[0].GetProperty("id").GetString()!;
    }

    private static string[] Lines(Finished run) => run.Stderr.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string Write(string folder, object configuration)
    {
        var file = Path.Combine(folder, "experiment.json");
        File.WriteAllText(file, JsonSerializer.Serialize(configuration));
        return file;
    }
}

using System.Text.Json;
using Filip.Cli.Experiments;
using Filip.Cli.Terminal;
using Filip.Relevance;
using Filip.Relevance.Online;
using Filip.Rerank.Experiments;

namespace Filip.EndToEnd.Tests.Experiments;

/// <summary>What an experiment's file may say, and what the evidence it names must be.</summary>
public sealed class ConfigurationTests : IDisposable
{
    private const string Sound = """{"name":"e","mode":"percentage","a":"recall","b":"rerank","events":"events.jsonl"}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("filip-configuration-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Defaults_are_the_documented_ones_and_paths_start_at_the_file()
    {
        var read = Read(Sound);
        Assert.Equal(0.5, read.Share);
        Assert.Equal("e", read.Key);
        Assert.Equal(Path.Combine(_folder, "events.jsonl"), read.Events);
        Assert.Equal(Path.Combine(_folder, "experiment.json.kill"), read.KillFile);
        Assert.Equal((0.05, 50, 200), (read.RungPlan().SmallestEffect, read.RungPlan().LatencyBudgetMs, read.RungPlan().ShadowSearches));
        Assert.Null(read.Evidence);
        Evidence.Require(read);
    }

    [Theory]
    [InlineData("""{"mode":"percentage","a":"recall","b":"rerank","events":"x"}""", "'name' is ''")]
    [InlineData("""{"name":"a/b","mode":"percentage","a":"recall","b":"rerank","events":"x"}""", "'name' is 'a/b'")]
    [InlineData("""{"name":"e","mode":"all","a":"recall","b":"rerank","events":"x"}""", "expected shadow, percentage, interleave or full")]
    [InlineData("""{"name":"e","mode":"shadow","a":"recal","b":"rerank","events":"x"}""", "'a': 'recal' is no variant")]
    [InlineData("""{"name":"e","mode":"shadow","a":"recall","events":"x"}""", "'b': it is missing")]
    [InlineData("""{"name":"e","mode":"shadow","a":"recall","b":"recall","events":"x"}""", "nothing to compare")]
    [InlineData("""{"name":"e","mode":"shadow","a":"recall","b":"rerank"}""", "'events' is missing")]
    [InlineData("""{"name":"e","mode":"percentage","a":"recall","b":"rerank","events":"x","share":1.5}""", "'share' is 1.5")]
    [InlineData("""{"name":"e","mode":"percentage","a":"recall","b":"rerank","events":"x","smallest_effect":0}""", "'smallest_effect' is 0")]
    [InlineData("""{"name":"e","mode":"percentage","a":"recall","b":"rerank","events":"x","latency_budget_ms":-1}""", "'latency_budget_ms' is -1")]
    [InlineData("""{"name":"e","mode":"shadow","a":"recall","b":"rerank","events":"x","shadow_searches":0}""", "'shadow_searches' is 0")]
    [InlineData("""{"name":"e","mode":"shadow","a":"recall","b":"rerank","event":"x"}""", "'event' is no member")]
    [InlineData("""{"name":"e","mode":"shadow","a":7,"b":"rerank","events":"x"}""", "'a' is no member, or its value is of the wrong kind")]
    [InlineData("[]", "Known members are")]
    [InlineData("", "Known members are")]
    public void What_is_wrong_is_named(string json, string says)
    {
        var refused = Assert.Throws<RelevanceFileException>(() => Read(json));
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Filip.Cli", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_that_is_wrong_is_named_at_once()
    {
        var refused = Assert.Throws<RelevanceFileException>(() => Read("""{"a":"x","b":"y","share":-1}"""));
        Assert.Equal(6, refused.Problems.Count);
    }

    [Fact]
    public void Another_share_or_seed_is_another_plan_and_another_rung_is_not_another_draw()
    {
        var plans = new[]
        {
            Sound,
            Sound.Replace("}", ",\"share\":0.1}", StringComparison.Ordinal),
            Sound.Replace("}", ",\"seed\":1}", StringComparison.Ordinal),
            Sound.Replace("recall", "rerank:candidates=9", StringComparison.Ordinal),
        }.Select(json => Read(json).Plan).ToList();
        Assert.Equal(plans.Count, plans.Distinct().Count());
        Assert.Equal(Read(Sound).Key, Read(Sound.Replace("percentage", "interleave", StringComparison.Ordinal)).Key);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("\"rung\":\"shadow\"", "\"rung\":\"interleave\"", "is not the one before")]
    [InlineData("\"b\":\"rerank\"", "\"b\":\"rerank:candidates=9\"", "changed experiment")]
    [InlineData("\"name\":\"e\"", "\"name\":\"f\"", "changed experiment")]
    [InlineData("\"passed\":true", "\"passed\":false", "power is missing: enough")]
    [InlineData("{\"name\"", "{\"nome\"", "changed experiment")]
    public void Evidence_must_be_of_the_rung_before_and_of_this_experiment(string part, string instead, string? says = null)
    {
        var answer = new EventAnswer("e", 1, 1, 1, null, [], null, 0);
        var use = new LatencyUse(1, 1, 1);
        var evidence = JsonSerializer.Serialize(
            new EvidenceFile("e", "shadow", "recall", "rerank", null, DateTimeOffset.UnixEpoch, "", "", new RungEvidence(
                "shadow", answer, null, use, use, null, new Dictionary<string, int>(), 0, 0, 0, [new EvidenceCheck("power", true, "enough")])),
            EvidenceJson.Default.EvidenceFile);
        Assert.Contains(part, evidence, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_folder, "proof.json"), part.Length == 0 ? evidence : evidence.Replace(part, instead, StringComparison.Ordinal));
        var rung = Read(Sound.Replace("}", ",\"evidence\":\"proof.json\"}", StringComparison.Ordinal));
        if (says is null)
        {
            Evidence.Require(rung);
            return;
        }

        Assert.Contains(says, Assert.Throws<RelevanceFileException>(() => Evidence.Require(rung)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_services_do_not_write_one_event_file()
    {
        File.WriteAllText(Path.Combine(_folder, "experiment.json"), Sound);
        var file = Path.Combine(_folder, "experiment.json");
        using (ServedExperiment.Open(file, quiet: true))
        {
            Assert.Contains("another service", Assert.Throws<UsageException>(() => ServedExperiment.Open(file, quiet: true)).Message, StringComparison.Ordinal);
        }

        using var later = ServedExperiment.Open(file, quiet: true);
        Assert.Equal(ExperimentMode.Percentage, later.Options.Mode);
    }

    [Fact]
    public void The_policy_is_the_librarys()
    {
        var policy = new SeededPolicy("e#1", 0.25);
        string[] sessions = [.. Enumerable.Range(0, 2000).Select(i => $"s{i}")];
        Assert.All(sessions, session => Assert.Equal(VariantAssignment.Of("e#1", session, 0.75, 0.25) == 1, policy.TakesB(session)));
        Assert.InRange(sessions.Count(policy.TakesB), 400, 600);
        string[] a = ["p1", "p2", "p3", "p4"], b = ["p1", "p4", "p5", "p2"];
        Assert.Equal(
            TeamDraft.Interleave(a, b, "e#1", "s", "q").Select(pick => (pick.Id, pick.Credit.ToString().ToLowerInvariant())),
            policy.Interleave(a, b, "s", "q").Select(pick => (pick.Id, pick.Team)));
    }

    private ExperimentConfiguration Read(string json)
    {
        var file = Path.Combine(_folder, "experiment.json");
        File.WriteAllText(file, json);
        return ExperimentConfiguration.Read(file);
    }
}

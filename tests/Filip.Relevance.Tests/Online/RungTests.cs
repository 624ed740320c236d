using System.Globalization;
using Filip.Relevance.Online;
using Filip.Relevance.Statistics;

namespace Filip.Relevance.Tests.Online;

/// <summary>The next rung is taken on evidence: each part that is missing is named, and with all of it the rung is granted.</summary>
public class RungTests
{
    private static readonly StatisticsOptions s_quick = new() { Resamples = 1000, Permutations = 1000 };

    [Fact]
    public void An_empty_log_is_evidence_of_nothing()
    {
        foreach (var rung in new[] { Rung.Shadow, Rung.Percentage, Rung.Interleave, Rung.Full })
        {
            var evidence = Of([], rung);
            Assert.False(evidence.MayPromote);
            Assert.All(evidence.Checks, check => Assert.False(check.Passed, $"{rung} {check}"));
            Assert.Null(evidence.Winner);
        }
    }

    [Theory]
    [InlineData(250, 0, 0, 0, 5, null)]
    [InlineData(150, 0, 0, 0, 5, "power")]
    [InlineData(250, 0, 0, 60, 5, "ratio")]
    [InlineData(250, 5, 0, 0, 5, "soundness")]
    [InlineData(250, 0, 5, 0, 5, "soundness")]
    [InlineData(250, 0, 0, 0, 100, "latency")]
    public void The_shadow_is_left_with_enough_sound_quick_searches(int done, int degraded, int failed, int dropped, int slower, string? missing)
    {
        var lines = Enumerable.Range(0, done).Select(i => Shadow(i, "done", 10 + slower))
            .Concat(Enumerable.Range(0, degraded).Select(i => Shadow(i, "degraded", 10 + slower)))
            .Concat(Enumerable.Range(0, failed).Select(i => Shadow(i, "failed", null)))
            .Concat(Enumerable.Range(0, dropped).Select(i => Shadow(i, "dropped", null)));
        Missing(missing, Of(lines, Rung.Shadow));
    }

    [Theory]
    [InlineData(400, 400, 0.3, 0.5, 5, 0, null, "b")]
    [InlineData(400, 400, 0.4, 0.4, 5, 0, null, null)]
    [InlineData(40, 40, 0.3, 0.5, 5, 0, "power", null)]
    [InlineData(400, 550, 0.3, 0.5, 5, 0, "ratio", "b")]
    [InlineData(400, 400, 0.5, 0.3, 5, 0, "outcome", "a")]
    [InlineData(400, 400, 0.3, 0.5, 90, 0, "latency", "b")]
    [InlineData(400, 400, 0.3, 0.5, 5, 20, "soundness", "b")]
    public void A_percentage_is_left_with_an_even_split_and_a_B_that_is_no_worse(
        int a, int b, double clicksA, double clicksB, int slower, int degraded, string? missing, string? winner)
    {
        var evidence = Of(
            Arm("a", a, clicksA, 10, 0).Concat(Arm("b", b, clicksB, 10 + slower, degraded)), Rung.Percentage, effect: 0.1);
        Missing(missing, evidence);
        Assert.Equal(winner, evidence.Winner);
    }

    [Fact]
    public void A_session_that_saw_both_spoils_the_split()
    {
        var lines = Arm("a", 400, 0.3, 10, 0).Concat(Arm("b", 400, 0.5, 10, 0)).Append(Page("twice", "a-0", "b", 10));
        Missing("ratio", Of(lines, Rung.Percentage, effect: 0.1));
    }

    [Theory]
    [InlineData(200, 0.8, 5, 0, null, "b")]
    [InlineData(30, 0.9, 5, 0, "power", "b")]
    [InlineData(200, 0.5, 5, 0, "outcome", null)]
    [InlineData(200, 0.2, 5, 0, "outcome", "a")]
    [InlineData(200, 0.8, 80, 0, "latency", "b")]
    [InlineData(200, 0.8, 5, 30, "soundness", "b")]
    public void Interleaving_is_left_with_a_preference_for_B(
        int sessions, double forB, int slower, int unmixed, string? missing, string? winner)
    {
        var lines = Enumerable.Range(0, sessions).SelectMany(i => Vote(i, i < sessions * forB, 10 + slower))
            .Concat(Enumerable.Range(0, unmixed).Select(i => Page($"u{i}", $"u{i}", "a", 10, uncounted: "degraded", mode: "interleave")));
        var evidence = Of(lines, Rung.Interleave, effect: 0.15);
        Missing(missing, evidence);
        Assert.Equal(winner, evidence.Winner);
    }

    [Fact]
    public void A_draft_that_favours_a_side_is_no_evidence()
    {
        var lines = Enumerable.Range(0, 200).SelectMany(i => Vote(i, i < 160, 15, teams: "\"b\",\"b\",\"a\""));
        Missing("ratio", Of(lines, Rung.Interleave, effect: 0.15));
    }

    [Fact]
    public void Credit_comes_from_the_page_and_from_nowhere_else()
    {
        string[] lines =
        [
            Click("q", "s", "p2"),                                                     // before its page
            Vote(0, true, 10).First().Replace("q0", "q", StringComparison.Ordinal),
            Click("q", "somebody else", "p3"),                                         // the page's session counts
            Click("q", "s", "never shown"),
            Click("unknown", "s", "p1"),
            Click("q", "s", "p1").Replace("\"object\"", "\"experiment\":{\"id\":\"e\",\"team\":\"b\"},\"object\"", StringComparison.Ordinal),
            """{"action_name":"click","query_id":"q","client_id":"s"}""",
            "{\"cut",
            """{"action_name":"view","query_id":"q"}""",
        ];
        var log = ExperimentLog.Read(lines, "e", "interleave");
        var clicks = log.Events.Where(one => one.Action == "click").ToList();
        Assert.Equal([("p2", Credit.B), ("p3", Credit.Both), ("p1", Credit.A)], clicks.Select(one => (one.ObjectId!, one.Credit!.Value)));
        Assert.Single(clicks.Select(one => one.Session).Distinct());
        Assert.Equal((3, 2), (log.StrayClicks, log.BadLines));
    }

    [Fact]
    public void Other_experiments_rungs_and_plans_are_left_aside()
    {
        var own = Page("q1", "s1", "a", 10);
        string[] lines =
        [
            own,
            own.Replace("\"e\"", "\"other\"", StringComparison.Ordinal),
            own.Replace("percentage", "full", StringComparison.Ordinal),
            own.Replace("planned", "changed", StringComparison.Ordinal),
            Page("q2", "s2", "b", 10, uncounted: "forced"),
        ];
        var log = ExperimentLog.Read(lines, "e", "percentage", "planned");
        Assert.Equal("s1", Assert.Single(log.Events).Session);
        Assert.Equal(1, log.ForeignLines);
        Assert.Equal(1, log.Uncounted["forced"]);
        Assert.Equal(new SearchTime(10, null), Assert.Single(log.Times));
    }

    [Fact]
    public void A_file_that_is_not_there_holds_nothing_yet()
    {
        var log = ExperimentLog.Read(Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N")), "e", "shadow");
        Assert.Empty(log.Events);
    }

    [Theory]
    [InlineData(new double[] { 5 }, 5, 5)]
    [InlineData(new double[] { 4, 1, 3, 2 }, 2, 4)]
    public void Percentiles_are_times_that_were_measured(double[] times, double p50, double p95)
    {
        Assert.Equal(new LatencyUse(times.Length, p50, p95), LatencyUse.Of(times));
        Assert.Equal(95, LatencyUse.Of(Enumerable.Range(1, 100).Select(i => (double)i)).P95Ms);
    }

    private static RungEvidence Of(IEnumerable<string> lines, Rung rung, double effect = 0.05)
    {
        var plan = new RungPlan { Experiment = "e", Rung = rung, SmallestEffect = effect };
        return RungAnalysis.Of(ExperimentLog.Read(lines, "e", plan.Mode, "planned"), plan, s_quick);
    }

    private static void Missing(string? name, RungEvidence evidence)
    {
        Assert.Equal(name is null ? [] : [name], evidence.Checks.Where(check => !check.Passed).Select(check => check.Name));
        Assert.Equal(name is null, evidence.MayPromote);
    }

    private static string Shadow(int i, string outcome, double? ms) => Line(
        "shadow", $"q{i}", $"s{i}", Own("shadow", $"\"outcome\":\"{outcome}\",\"a_ms\":10{(ms is null ? "" : $",\"b_ms\":{ms}")}"));

    private static IEnumerable<string> Arm(string variant, int sessions, double clicks, double ms, int degraded)
    {
        for (int i = 0; i < sessions; i++)
        {
            yield return Page($"{variant}{i}", $"{variant}-{i}", variant, ms, degraded: i < degraded);
            if (i < sessions * clicks)
            {
                yield return Click($"{variant}{i}", $"{variant}-{i}", "p1");
            }
        }
    }

    private static IEnumerable<string> Vote(int i, bool forB, double ms, string teams = "\"a\",\"b\",\"both\"")
    {
        yield return Line("impression", $"q{i}", $"v{i}", Own(
            "interleave", $"\"from\":0,\"shown\":[\"p1\",\"p2\",\"p3\"],\"teams\":[{teams}],\"took_ms\":20,\"a_ms\":10,\"b_ms\":{Number(ms)}"));
        yield return Click($"q{i}", $"v{i}", forB ? "p2" : "p1");
    }

    private static string Page(
        string query, string session, string variant, double ms, bool degraded = false, string? uncounted = null, string mode = "percentage") =>
        Line("impression", query, session, Own(
            mode,
            $"\"variant\":\"{variant}\",\"shown\":[\"p1\",\"p2\"],\"took_ms\":{Number(ms)}"
            + (degraded ? ",\"degraded\":\"deadline\"" : "") + (uncounted is null ? "" : $",\"uncounted\":\"{uncounted}\"")));

    private static string Click(string query, string session, string picture) =>
        Line("click", query, session, $"\"object\":{{\"object_id\":\"{picture}\"}}");

    private static string Own(string mode, string members) =>
        $"\"experiment\":{{\"id\":\"e\",\"mode\":\"{mode}\",\"plan\":\"planned\",{members}}}";

    private static string Line(string action, string query, string session, string attributes) =>
        $"{{\"action_name\":\"{action}\",\"query_id\":\"{query}\",\"client_id\":\"{session}\",\"event_attributes\":{{{attributes}}}}}";

    private static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);
}

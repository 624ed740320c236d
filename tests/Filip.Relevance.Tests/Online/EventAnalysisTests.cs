using System.Text;
using System.Text.Json;
using Filip.Relevance.Online;
using Filip.Relevance.Statistics;
using Filip.Relevance.Tests.Statistics;

namespace Filip.Relevance.Tests.Online;

public class EventAnalysisTests
{
    private static readonly StatisticsOptions s_quick = new() { Resamples = 1000, Permutations = 1000 };

    [Fact]
    public void Preference_equals_the_reference()
    {
        foreach (var row in GoldenStatisticsTests.Golden("online.json").GetProperty("preference").EnumerateArray())
        {
            var ours = Preference.Of(
                row.GetProperty("wins_a").GetInt32(), row.GetProperty("wins_b").GetInt32(), row.GetProperty("ties").GetInt32());
            GoldenStatisticsTests.Close(row, "p", ours.PSign);
            Assert.Equal(row.GetProperty("preference").GetDouble(), ours.Value!.Value, 1e-12);
            Assert.InRange(ours.Value.Value, ours.Ci95!.Value.Low - 1e-12, ours.Ci95.Value.High + 1e-12);
        }
    }

    [Fact]
    public void Ten_thousand_sessions_find_the_side_they_prefer()
    {
        var sessions = Enumerable.Range(0, 10_000).Select(i => Vote($"s{i}", better: 0.3));
        var answer = EventAnalysis.Of(sessions.SelectMany(events => events), "e", options: s_quick);
        Assert.True(answer.Preference!.Value > 0);
        Assert.True(answer.Preference.Ci95!.Value.Low > 0);
        Assert.True(answer.Preference.PSign < 1e-6);
        Assert.Equal(10_000, answer.Sessions);
        Assert.True(answer.Sound);
    }

    [Fact]
    public void Without_a_preference_one_experiment_in_twenty_raises_an_alarm()
    {
        const int Experiments = 1200;
        int alarms = Enumerable.Range(0, Experiments).Count(experiment =>
        {
            int a = 0;
            int b = 0;
            for (int session = 0; session < 260; session++)
            {
                var clicks = Vote($"x{experiment}-{session}", better: 0).Where(one => one.Action == "click").ToList();
                int lead = clicks.Count(one => one.Credit == Credit.B) - clicks.Count(one => one.Credit == Credit.A);
                a += lead < 0 ? 1 : 0;
                b += lead > 0 ? 1 : 0;
            }

            return SignTest.TwoSided(a, b) < 0.05;
        });
        Assert.InRange(alarms / (double)Experiments, 0.04, 0.06);
    }

    [Fact]
    public void A_session_votes_once_and_a_document_counts_once_a_search()
    {
        InteractionEvent[] events =
        [
            Click("s1", "q1", "d1", Credit.A), Click("s1", "q1", "d1", Credit.A), Click("s1", "q2", "d2", Credit.B),
            Click("s1", "q3", "d2", Credit.B), Click("s2", "q1", "d3", Credit.Both), Click("s3", "q1", "d1", Credit.A),
            Click("s4", "q1", "d1", Credit.B) with { Experiment = "other" }, Click("s5", "q1", "d9", Credit.A) with { Action = "impression" },
        ];
        var answer = EventAnalysis.Of(events, "e", options: s_quick);
        Assert.Equal((1, 1, 1), (answer.Preference!.WinsA, answer.Preference.WinsB, answer.Preference.Ties));
        Assert.Equal((4, 5), (answer.Sessions, answer.Clicks));
    }

    [Fact]
    public void Sample_ratio_counts_sessions_and_tells_a_broken_split()
    {
        var shares = new Dictionary<string, double> { ["control"] = 0.5, ["rerank"] = 0.5 };
        var even = Enumerable.Range(0, 2000).Select(i => View($"s{i}", i % 2 == 0 ? "control" : "rerank"));
        Assert.True(EventAnalysis.Of(even, "e", shares, s_quick).Sound);
        var skewed = Enumerable.Range(0, 2000).Select(i => View($"s{i}", i % 5 < 2 ? "control" : "rerank")).ToList();
        var broken = EventAnalysis.Of(skewed, "e", shares, s_quick);
        Assert.False(broken.Sound);
        Assert.Equal(800, broken.Arms.Single(arm => arm.Variant == "control").Sessions);
        Assert.False(EventAnalysis.Of(even.Append(View("s0", "rerank")), "e", shares, s_quick).Sound);
        Assert.False(EventAnalysis.Of(even.Append(View("new", "nobody planned")), "e", shares, s_quick).Sound);
        Assert.Null(EventAnalysis.Of([], "e", shares, s_quick).SampleRatio);
    }

    [Fact]
    public void Events_come_back_as_they_were_written()
    {
        var one = Click("s", "q", "d\u00e9\"", Credit.Both) with { Variant = "v" };
        var page = new InteractionEvent("impression", "q", "s", null, null, null, null, null, DateTimeOffset.UnixEpoch);
        string lines = EventFile.Line(one) + "\n" + EventFile.Line(page) + "\n";
        Assert.Equal([one, page], EventFile.Parse(Encoding.UTF8.GetBytes(lines), "events.jsonl"));
        Assert.Contains("\"action_name\":\"click\"", lines);
        Assert.Contains("\"object_id\"", lines);
        JsonDocument.Parse(EventAnalysis.Of([one], "e", options: s_quick).ToJson());
    }

    [Theory]
    [InlineData("{\"query_id\":\"q\",\"client_id\":\"c\"}", "action_name")]
    [InlineData("{\"action_name\":\"click\",\"query_id\":\"q\"}", "client_id")]
    [InlineData("{\"action_name\":\"click\",\"query_id\":\"q\",\"client_id\":\"c\",\"event_attributes\":{\"experiment\":{\"id\":\"e\",\"team\":\"C\"}}}", "team")]
    [InlineData("{\"action_name\":7}", "No event")]
    [InlineData("[]", "expected one object")]
    public void Lines_that_are_no_events_are_named(string line, string says)
    {
        string good = EventFile.Line(View("s", "v"));
        var error = Assert.Throws<RelevanceFileException>(
            () => EventFile.Parse(Encoding.UTF8.GetBytes($"{good}\n\n{line}\n"), "events.jsonl"));
        Assert.Equal(3, Assert.Single(error.Problems).Line);
        Assert.Contains(says, error.Message);
    }

    /// <summary>One session with one search: B's answer has the liked document on top more often by <paramref name="better"/>.</summary>
    private static List<InteractionEvent> Vote(string session, double better)
    {
        var random = new Random(session.Aggregate(17, (hash, c) => unchecked((hash * 31) + c)));
        string[] documents = ["d0", "d1", "d2", "d3", "d4", "d5"];
        string[] a = [.. documents];
        string[] b = [.. documents];
        random.Shuffle(a);
        random.Shuffle(b);
        string liked = random.NextDouble() < better ? b[0] : documents[random.Next(documents.Length)];
        var drafted = TeamDraft.Interleave(a, b, "e", session, "q");
        var events = new List<InteractionEvent> { View(session, null) };
        for (int i = 0; i < drafted.Count; i++)
        {
            double seen = 1.0 / (1 + i);
            if (random.NextDouble() < seen * (drafted[i].Id == liked ? 0.9 : 0.2))
            {
                events.Add(Click(session, "q", drafted[i].Id, drafted[i].Credit));
            }
        }

        return events;
    }

    private static InteractionEvent Click(string session, string query, string id, Credit credit) =>
        new("click", query, session, "e", null, id, 1, credit, DateTimeOffset.UnixEpoch);

    private static InteractionEvent View(string session, string? variant) =>
        new("impression", "q", session, "e", variant, null, null, null, DateTimeOffset.UnixEpoch);
}

using System.Text.Json;
using Filip.Relevance.Comparison;
using Filip.Relevance.Judgements;
using Filip.Relevance.Metrics;
using Filip.Relevance.Runs;

namespace Filip.Relevance.Tests.Comparison;

public class ComparisonTests
{
    private static readonly Lazy<ComparisonResult> s_better = new(() => RunComparison.Of(SampleRuns.Request(7, 4.5)));

    [Fact]
    public void Json_has_the_promised_shape()
    {
        var json = JsonDocument.Parse(ComparisonJson.Of(s_better.Value)).RootElement;
        Assert.Equal(SampleRuns.Qrels.Queries.Count, json.GetProperty("queries").GetInt32());
        Assert.Equal("recall", json.GetProperty("a").GetProperty("spec").GetString());
        var difference = json.GetProperty("differences").GetProperty("ndcg@10");
        Assert.Equal(
            json.GetProperty("b").GetProperty("metrics").GetProperty("ndcg@10").GetDouble()
                - json.GetProperty("a").GetProperty("metrics").GetProperty("ndcg@10").GetDouble(),
            difference.GetProperty("delta").GetDouble(),
            1e-12);
        Assert.Equal(2, difference.GetProperty("ci95").GetArrayLength());
        foreach (string member in new[] { "p_randomization", "p_t", "effect_size", "wins", "ties", "losses", "n", "p_holm" })
        {
            Assert.Equal(JsonValueKind.Number, difference.GetProperty(member).ValueKind);
        }

        Assert.Equal(50, json.GetProperty("recall_ceiling").GetProperty("k").GetInt32());
        Assert.InRange(json.GetProperty("recall_ceiling").GetProperty("ndcg@10").GetDouble(), 0, 1);
        Assert.Equal(64, json.GetProperty("experiment").GetProperty("hash").GetString()!.Length);
    }

    [Fact]
    public void No_order_of_the_candidates_beats_the_ceiling()
    {
        var request = SampleRuns.Request(7, 4.5) with { B = new Variant("same window", SampleRuns.Noisy("a", 7, 1)) };
        var result = RunComparison.Of(request);
        Assert.All(result.Queries, query => Assert.True(query.B[0] <= query.Ceiling!.Value + 1e-12));
        Assert.Equal(result.Ceiling!.Ndcg10, result.Queries.Average(query => query.Ceiling!.Value), 1e-12);
    }

    [Fact]
    public void The_ceiling_is_the_best_order_and_not_the_order_the_candidates_came_in()
    {
        var qrels = Qrels.From([("q", "best", 3), ("q", "good", 1), ("q", "bad", 0)]);
        var run = Run.FromRankings("r", [KeyValuePair.Create("q", (IReadOnlyList<string>)["bad", "unjudged", "good", "best"])]);
        var request = new ComparisonRequest(qrels, new Variant("a", run), new Variant("b", run));
        Assert.Equal(1, RunComparison.Of(request with { Candidates = run }).Ceiling!.Ndcg10, 1e-12);
        var without = Run.FromRankings("w", [KeyValuePair.Create("q", (IReadOnlyList<string>)["bad", "good"])]);
        Assert.Equal(1 / (3 + (1 / Math.Log2(3))), RunComparison.Of(request with { Candidates = without }).Ceiling!.Ndcg10, 1e-12);
        Assert.Null(RunComparison.Of(request).Ceiling);
    }

    [Fact]
    public void Gains_and_losses_are_sorted_and_slices_cover_their_queries()
    {
        var result = s_better.Value;
        Assert.Equal(result.Gains.OrderByDescending(query => query.Delta), result.Gains);
        Assert.Equal(result.Queries.Max(query => query.Delta), result.Gains[0].Delta);
        Assert.Equal(result.Queries.Min(query => query.Delta), result.Losses[0].Delta);
        Assert.All(result.Losses, query => Assert.True(query.Delta < 0));
        foreach (string kind in new[] { "family", "words" })
        {
            Assert.Equal(result.Queries.Count, result.Slices.Where(slice => slice.Kind == kind).Sum(slice => slice.Statistics.Count));
        }
    }

    [Fact]
    public void A_run_against_itself_differs_in_nothing()
    {
        var result = RunComparison.Of(SampleRuns.Request(7, 7) with { B = SampleRuns.Request(7, 7).A });
        Assert.All(result.Differences, difference =>
        {
            Assert.Equal(0, difference.Statistics.Delta);
            Assert.Equal(1, difference.Statistics.Randomisation.P);
            Assert.Null(difference.Statistics.PT);
            Assert.Null(difference.MinimumDetectable);
        });
        Assert.Equal((1.0, 1.0), (Math.Round(result.Overlap.Rbo, 9), result.Overlap.Jaccard10));
        Assert.Empty(result.Gains);
    }

    [Fact]
    public void Anything_that_changes_makes_another_experiment()
    {
        var request = SampleRuns.Request(7, 4.5);
        var a = request.A;
        string[] hashes = [.. new[]
        {
            request,
            request with { A = a with { Spec = "recall " } },
            request with { A = request.B, B = a },
            request with { B = request.B with { Run = SampleRuns.Noisy("b", 4.5, 3) } },
            request with { Qrels = request.Qrels.Where(query => query != request.Qrels.Queries[0]) },
            request with { Queries = [] },
            request with { Metrics = MetricName.ParseList("map") },
            request with { Evaluation = new EvaluationOptions { RelevanceLevel = 2 } },
            request with { Statistics = new() { Seed = 2 } },
            request with { Statistics = new() { Permutations = 20_000 } },
            request with { Setting = request.Setting with { Fingerprint = "other" } },
            request with { Setting = request.Setting with { Generation = "other" } },
            request with { Setting = request.Setting with { Versions = new Dictionary<string, string> { ["filip"] = "1.1" } } },
        }.Select(one => Experiment.Of(one, one.Metrics).Hash)];
        Assert.Equal(hashes.Length, hashes.Distinct().Count());
        Assert.Equal(hashes[0], s_better.Value.Experiment.Hash);
    }

    [Fact]
    public void Notes_tell_of_silence_and_of_ids_that_do_not_meet()
    {
        var qrels = Qrels.From([("q1", "a", 1), ("q2", "a", 0)]);
        var run = Run.FromRankings("r", [KeyValuePair.Create("Q1", (IReadOnlyList<string>)["a"])]);
        var notes = RunComparison.Of(new ComparisonRequest(qrels, new Variant("x", run), new Variant("y", run))).Notes;
        Assert.Contains(notes, note => note.Contains("do the ids"));
        Assert.Contains(notes, note => note.StartsWith("2 queries have no answer from A"));
        Assert.Contains(notes, note => note.StartsWith("1 query without a relevant document"));
        Assert.Contains(notes, note => note.StartsWith("1 query answered but not judged"));
    }

    [Theory]
    [InlineData("ndcg@10 < A - 0.005 (p<0.05)", false)]
    [InlineData("nDCG@10 < A", false)]
    [InlineData("ndcg@10 > A + 0.01 (p < 0.05)", true)]
    [InlineData("ndcg@10 < A + 0.5", true)]
    [InlineData("mrr<0.999999", false)]
    [InlineData("map < 0.99", true)]
    [InlineData("ndcg@10 < A + 0.9 (p<0.0000001)", false)]
    public void A_gate_fails_where_its_condition_holds(string text, bool fails)
    {
        var verdict = Gate.Parse(text).Evaluate(s_better.Value);
        Assert.Equal(fails, verdict.Failed);
        Assert.StartsWith(fails ? "failed" : "passed", verdict.Sentence);
    }

    [Fact]
    public void A_gate_stops_a_worse_variant()
    {
        var worse = RunComparison.Of(SampleRuns.Request(4.5, 7));
        Assert.True(Gate.Parse("ndcg@10 < A - 0.005 (p<0.05)").Evaluate(worse).Failed);
        Assert.False(Gate.Parse("ndcg@10 < A - 0.9 (p<0.05)").Evaluate(worse).Failed);
        Assert.Throws<KeyNotFoundException>(() => Gate.Parse("ndcg@7 < A").Evaluate(worse));
    }

    [Theory]
    [InlineData(""), InlineData("ndcg@10"), InlineData("ndcg@10 < B"), InlineData("ndcg@10 = A"), InlineData("ndcg@10 < A - x")]
    [InlineData("ndcg@10 < A (p>0.05)"), InlineData("ndcg@10 < 0.5 (p<0.05)"), InlineData("ndcg@10 < A (p<2)"), InlineData("dcg@10 < A")]
    public void A_gate_that_cannot_be_read_is_refused(string text) =>
        Assert.Throws<FormatException>(() => Gate.Parse(text));
}

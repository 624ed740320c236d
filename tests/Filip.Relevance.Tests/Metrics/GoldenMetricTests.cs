using System.Text.Json;
using Filip.Relevance.Judgements;
using Filip.Relevance.Metrics;
using Filip.Relevance.Runs;

namespace Filip.Relevance.Tests.Metrics;

public class GoldenMetricTests
{
    private const double Tolerance = 1e-9;

    public static TheoryData<string> Collections => [.. GoldenCollections.Names];

    [Theory, MemberData(nameof(Collections))]
    public void Metrics_equal_trec_eval(string collection)
    {
        var (qrels, runs) = GoldenCollections.Load(collection);
        int compared = 0;
        foreach (var (name, run, expected) in runs)
        {
            foreach (var level in expected.GetProperty("relevance_level").EnumerateObject())
            {
                var options = new EvaluationOptions { RelevanceLevel = int.Parse(level.Name) };
                compared += Compare(qrels, run, options, level.Value, $"{collection}/{name} at level {level.Name}");
            }

            compared += Compare(qrels, run, new EvaluationOptions(), expected.GetProperty("extra"), $"{collection}/{name}");
        }

        Assert.True(compared > 0);
    }

    [Theory, MemberData(nameof(Collections))]
    public void Order_is_that_of_trec_eval(string collection)
    {
        var (_, runs) = GoldenCollections.Load(collection);
        foreach (var (name, run, expected) in runs)
        {
            foreach (var query in expected.GetProperty("order_first_20").EnumerateObject())
            {
                Assert.Equal(
                    query.Value.EnumerateArray().Select(id => id.GetString()!),
                    run[query.Name].Take(20).Select(document => document.Id));
            }
        }
    }

    [Theory, MemberData(nameof(Collections))]
    public void Residual_of_rank_biased_precision_is_what_was_not_judged(string collection)
    {
        var (qrels, runs) = GoldenCollections.Load(collection);
        foreach (var (_, run, expected) in runs)
        {
            foreach (var query in expected.GetProperty("extra").GetProperty("queries").EnumerateObject())
            {
                Assert.Equal(
                    query.Value.GetProperty("rbp_80_residual").GetDouble(),
                    Evaluation.RankBiasedResidual(qrels.ByQuery[query.Name], run[query.Name], 0.8),
                    Tolerance);
            }
        }
    }

    private static int Compare(Qrels qrels, Run run, EvaluationOptions options, JsonElement expected, string where)
    {
        var names = expected.GetProperty("queries").EnumerateObject()
            .SelectMany(query => query.Value.EnumerateObject().Select(value => value.Name))
            .Distinct()
            .Select(theirs => (Theirs: theirs, Ours: GoldenCollections.Ours(theirs)))
            .Where(pair => pair.Ours is not null)
            .ToList();
        var evaluation = Evaluation.Of(qrels, run, [.. names.Select(pair => pair.Ours!)], options);
        int compared = 0;
        foreach (var (theirs, ours) in names)
        {
            var values = evaluation.Queries.Zip(evaluation.Values(ours!)).ToDictionary(pair => pair.First, pair => pair.Second);
            foreach (var query in expected.GetProperty("queries").EnumerateObject())
            {
                double want = query.Value.GetProperty(theirs).GetDouble();
                Assert.True(
                    Math.Abs(want - values[query.Name]) <= Tolerance,
                    $"{where}, {query.Name}, {ours}: {want} expected, {values[query.Name]} found");
                compared++;
            }

            if (expected.TryGetProperty("mean", out var mean))
            {
                Assert.Equal(mean.GetProperty(theirs).GetDouble(), evaluation.MeanOfAnswered(ours!), Tolerance);
            }

            if (expected.TryGetProperty("mean_all_judged_queries", out var all))
            {
                Assert.Equal(all.GetProperty(theirs).GetDouble(), evaluation.Mean(ours!), Tolerance);
            }
        }

        return compared;
    }
}

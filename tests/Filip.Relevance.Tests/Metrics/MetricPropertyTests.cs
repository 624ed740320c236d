using CsCheck;
using Filip.Relevance.Judgements;
using Filip.Relevance.Metrics;
using Filip.Relevance.Runs;

namespace Filip.Relevance.Tests.Metrics;

public class MetricPropertyTests
{
    private static readonly string[] s_names =
    [
        "ndcg@3", "ndcg@10", "ndcg-exp@10", "ndcg", "ndcg-grid@2x4", "map", "mrr", "p@3", "recall@5", "success@2", "rprec", "bpref",
        "err@10", "rbp@0.8", "judged@5",
    ];

    /// <summary>Documents in the answer's order with a grade, or none (null); and judged documents not in the answer.</summary>
    private static readonly Gen<(double?[] Answer, double[] Missed)> s_case = Gen.Select(
        Gen.OneOf(Gen.Int[-1, 4].Select(grade => (double?)grade), Gen.Const((double?)null)).Array[0, 14],
        Gen.Int[0, 4].Select(grade => (double)grade).Array[0, 6]);

    [Fact]
    public void Every_metric_lies_between_0_and_1() => s_case.Sample((answer, missed) =>
    {
        foreach (string name in s_names)
        {
            Assert.InRange(Measure(name, answer, missed), 0, 1 + 1e-12);
        }
    });

    [Fact]
    public void The_best_order_of_all_judged_documents_scores_1() => s_case.Sample((answer, missed) =>
    {
        double?[] best = [.. answer.OfType<double>().Concat(missed).OrderDescending().Select(grade => (double?)grade)];
        foreach (string name in new[] { "ndcg@3", "ndcg@10", "ndcg", "ndcg-exp@10", "map", "rprec", "bpref", "mrr" })
        {
            double expected = best.Any(grade => grade > 0) ? 1 : 0;
            Assert.Equal(expected, Measure(name, best, []), 1e-12);
        }
    });

    [Fact]
    public void Raising_a_better_document_by_one_place_never_lowers_a_gain_metric() =>
        Gen.Select(s_case, Gen.Int[0, 12]).Sample((one, place) =>
        {
            var (answer, missed) = one;
            if (place + 1 >= answer.Length || !((answer[place + 1] ?? 0) > Math.Max(answer[place] ?? 0, 0)))
            {
                return;
            }

            double?[] raised = [.. answer];
            (raised[place], raised[place + 1]) = (answer[place + 1], answer[place]);
            foreach (string name in new[] { "ndcg@3", "ndcg@10", "ndcg", "ndcg-exp@10", "err@10" })
            {
                Assert.True(Measure(name, raised, missed) >= Measure(name, answer, missed) - 1e-12);
            }
        });

    [Fact]
    public void A_grid_of_one_column_is_ndcg() => s_case.Sample((answer, missed) =>
        Assert.Equal(Measure("ndcg@7", answer, missed), Measure("ndcg-grid@7x1", answer, missed), 1e-12));

    [Fact]
    public void A_grid_wants_the_best_picture_in_the_middle_of_the_first_row()
    {
        double[] places = [.. Enumerable.Range(0, 6).Select(place => Measure(
            "ndcg-grid@2x3", [.. Enumerable.Range(0, 6).Select(i => (double?)(i == place ? 3 : 0))], []))];
        Assert.Equal(1, places[1]);
        Assert.Equal(places[0], places[2]);
        Assert.Equal(GridAttention.EdgeShare, places[0], 1e-12);
        Assert.True(places[1] > places[0] && places[0] > places[3] && places[4] > places[3]);
    }

    [Fact]
    public void Metrics_equal_their_definitions() => s_case.Sample((answer, missed) =>
    {
        double?[] a = answer;
        bool Relevant(int i) => i < a.Length && a[i] >= 1;
        int relevant = answer.Concat(missed.Select(grade => (double?)grade)).Count(grade => grade >= 1);
        double found = Enumerable.Range(0, a.Length).Count(Relevant);
        Assert.Equal(Enumerable.Range(0, 3).Count(Relevant) / 3.0, Measure("p@3", answer, missed), 1e-12);
        Assert.Equal(Enumerable.Range(0, 2).Any(Relevant) ? 1 : 0, Measure("success@2", answer, missed));
        Assert.Equal(relevant == 0 ? 0 : found / relevant, Measure("recall@1000", answer, missed), 1e-12);
        double map = Enumerable.Range(0, a.Length).Where(Relevant)
            .Sum(i => Enumerable.Range(0, i + 1).Count(Relevant) / (double)(i + 1));
        Assert.Equal(relevant == 0 ? 0 : map / relevant, Measure("map", answer, missed), 1e-12);
        double rbp = Enumerable.Range(0, a.Length).Where(Relevant).Sum(i => 0.2 * Math.Pow(0.8, i));
        Assert.Equal(rbp, Measure("rbp@0.8", answer, missed), 1e-12);
        double err = Enumerable.Range(0, Math.Min(10, a.Length)).Sum(i => Satisfies(a[i]) / (i + 1)
            * Enumerable.Range(0, i).Aggregate(1.0, (p, j) => p * (1 - Satisfies(a[j]))));
        Assert.Equal(err, Measure("err@10", answer, missed), 1e-12);
    });

    [Fact]
    public void Unanswered_unjudged_and_hopeless_queries_are_counted_and_told_apart()
    {
        var qrels = Qrels.From([("found", "a", 1), ("silent", "a", 1), ("hopeless", "a", 0)]);
        var run = Run.FromRankings("r", new[] { "found", "hopeless", "unjudged" }
            .Select(query => KeyValuePair.Create(query, (IReadOnlyList<string>)["a"])));
        var evaluation = Evaluation.Of(qrels, run, [MetricName.Parse("mrr")]);
        Assert.Equal(["silent"], evaluation.Unanswered);
        Assert.Equal((1, 1), (evaluation.WithoutRelevant, evaluation.UnjudgedAnswers));
        Assert.Equal(1.0 / 3, evaluation.Mean(MetricName.Parse("mrr")), 1e-12);
        Assert.Equal(1.0 / 2, evaluation.MeanOfAnswered(MetricName.Parse("mrr")), 1e-12);
        Assert.Throws<KeyNotFoundException>(() => evaluation.Mean(MetricName.Parse("map")));
    }

    private static double Satisfies(double? grade) => grade > 0 ? (Math.Pow(2, grade.Value) - 1) / 16 : 0;

    private static double Measure(string name, double?[] answer, double[] missed)
    {
        var judged = answer.Select((grade, i) => (Id: $"d{i}", Grade: grade)).Where(one => one.Grade is not null)
            .Select(one => ("q", one.Id, one.Grade!.Value))
            .Concat(missed.Select((grade, i) => ("q", $"m{i}", grade)))
            .Append(("q", "never answered", 0.0));
        var run = Run.FromRankings("r", [KeyValuePair.Create("q", (IReadOnlyList<string>)[.. answer.Select((_, i) => $"d{i}")])]);
        var metric = MetricName.Parse(name);
        return Evaluation.Of(Qrels.From(judged), run, [metric]).Values(metric)[0];
    }
}

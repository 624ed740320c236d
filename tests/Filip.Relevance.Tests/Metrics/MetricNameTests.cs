using Filip.Relevance.Judgements;
using Filip.Relevance.Metrics;
using Filip.Relevance.Runs;

namespace Filip.Relevance.Tests.Metrics;

public class MetricNameTests
{
    [Theory]
    [InlineData("ndcg@10"), InlineData("ndcg-exp@5"), InlineData("ndcg"), InlineData("ndcg-exp"), InlineData("map"), InlineData("mrr")]
    [InlineData("p@1"), InlineData("recall@1000"), InlineData("success@1"), InlineData("rprec"), InlineData("bpref")]
    [InlineData("err@20"), InlineData("rbp@0.8"), InlineData("rbp@0.95"), InlineData("judged@10"), InlineData("ndcg-grid@3x4")]
    public void A_name_reads_back_as_it_is_written(string name)
    {
        Assert.Equal(name, MetricName.Parse(name).ToString());
        Assert.Equal(MetricName.Parse(name), MetricName.Parse($" {name.ToUpperInvariant()} "));
    }

    [Theory]
    [InlineData("dcg@10", "There are: ndcg@k")]
    [InlineData("p", "p@10")]
    [InlineData("p@0", "from 1")]
    [InlineData("p@-1", "from 1")]
    [InlineData("p@1.5", "from 1")]
    [InlineData("recall@9999999999", "from 1")]
    [InlineData("map@10", "no cut-off")]
    [InlineData("rbp@1", "between 0 and 1")]
    [InlineData("rbp@0,8", "between 0 and 1")]
    [InlineData("rbp", "between 0 and 1")]
    [InlineData("ndcg-grid@12", "rows and columns")]
    [InlineData("ndcg-grid@0x4", "rows and columns")]
    [InlineData("ndcg-grid@1000000x1000000", "rows and columns")]
    public void A_wrong_name_is_told_what_is_right(string name, string says) =>
        Assert.Contains(says, Assert.Throws<FormatException>(() => MetricName.Parse(name)).Message);

    [Fact]
    public void A_list_takes_each_name_once()
    {
        Assert.Equal(["mrr", "p@5"], MetricName.ParseList("mrr, P@5,mrr,").Select(metric => metric.ToString()));
        Assert.Throws<FormatException>(() => MetricName.ParseList(" , "));
    }

    [Fact]
    public void Defaults_and_limits_of_the_options_hold()
    {
        Assert.Equal((1.0, 4.0), (new EvaluationOptions().RelevanceLevel, new EvaluationOptions().HighestGrade));
        var qrels = Qrels.From([("q", "a", 1)]);
        var run = Run.FromRankings("r", [KeyValuePair.Create("q", (IReadOnlyList<string>)["a"])]);
        foreach (double bad in new[] { 0, -1, double.NaN, double.PositiveInfinity })
        {
            Assert.Throws<ArgumentOutOfRangeException>(
                () => Evaluation.Of(qrels, run, MetricName.Usual, new EvaluationOptions { RelevanceLevel = bad }));
            Assert.Throws<ArgumentOutOfRangeException>(
                () => Evaluation.Of(qrels, run, MetricName.Usual, new EvaluationOptions { HighestGrade = bad }));
        }
    }
}

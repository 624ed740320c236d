using System.Globalization;
using System.Text.Json;
using Filip.Relevance.Comparison;
using Filip.Relevance.Judgements;
using Filip.Relevance.Metrics;
using Filip.Relevance.Runs;
using Filip.Testing;

namespace Filip.Relevance.Tests.Comparison;

public class TrialTests
{
    [Theory]
    [InlineData("quepid-rows", "ratings.csv")]
    [InlineData("scores-in-another-locale", "qrels.txt")]
    [InlineData("scores-in-another-locale", "ratings.csv")]
    public void Trials_give_their_numbers(string trial, string judgements)
    {
        var result = Compare(trial, judgements);
        var expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder(trial), "expected.json"))).RootElement;
        var ours = JsonDocument.Parse(ComparisonJson.Of(result)).RootElement;
        foreach (string side in new[] { "a", "b" })
        {
            Assert.Equal(expected.GetProperty(side).GetProperty("queries").GetInt32(), ours.GetProperty("queries").GetInt32());
            foreach (var metric in expected.GetProperty(side).EnumerateObject().Where(one => one.Name != "queries"))
            {
                Assert.Equal(
                    metric.Value.GetDouble(), ours.GetProperty(side).GetProperty("metrics").GetProperty(metric.Name).GetDouble(), 1e-9);
            }
        }
    }

    [Fact]
    public void Queries_without_a_rating_are_told_and_names_with_commas_and_quotes_come_back()
    {
        var result = Compare("quepid-rows", "ratings.csv");
        Assert.Equal(["unrated", "nodocs", "short"], result.Unrated);
        Assert.Contains(result.Notes, note => note.StartsWith("3 queries have no rating"));
        using var writer = new StringWriter();
        PerQueryCsv.Write(result, writer);
        using var reader = CsvHelper.CsvReader.FromText(writer.ToString());
        var queries = new HashSet<string>();
        while (reader.Read())
        {
            Assert.Equal(4, reader.FieldCount);
            queries.Add(reader.GetString(0));
        }

        Assert.Superset(new HashSet<string> { "red,round", "5\"-lens", "star" }, queries);
    }

    [Fact]
    public void Answers_are_the_same_under_every_culture()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            var answers = new HashSet<string>();
            foreach (string separators in new[] { ".,", ",.", "\u066b\u066c" })
            {
                var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
                culture.NumberFormat.NumberDecimalSeparator = separators[..1];
                culture.NumberFormat.NumberGroupSeparator = separators[1..];
                culture.NumberFormat.NegativeSign = separators == ",." ? "~" : "-";
                CultureInfo.CurrentCulture = culture;
                var result = Compare("scores-in-another-locale", "ratings.csv");
                using var writer = new StringWriter();
                PerQueryCsv.Write(result, writer);
                Filip.Relevance.Report.ComparisonReport.Write(result, writer);
                answers.Add(ComparisonJson.Of(result) + writer + Gate.Parse("ndcg@10 < A - 0.01").Evaluate(result).Sentence);
            }

            Assert.Single(answers);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static ComparisonResult Compare(string trial, string judgements)
    {
        string folder = Folder(trial);
        var result = RunComparison.Of(new ComparisonRequest(
            JudgementFile.Read(Path.Combine(folder, judgements)),
            new Variant("run:a", RunFile.Read(Path.Combine(folder, "run-a.txt"))),
            new Variant("run:b", RunFile.Read(Path.Combine(folder, "run-b.txt"))))
        {
            Metrics = MetricName.ParseList("ndcg@10,mrr"),
        });
        return result;
    }

    /// <summary>The trials are small: they are committed beside the goldens too.</summary>
    private static string Folder(string trial)
    {
        string? full = GoldenFiles.Trials is { } trials ? Path.Combine(trials, trial) : null;
        return Directory.Exists(full) ? full : Path.Combine(GoldenFiles.Committed, "relevance", "trials", trial);
    }
}

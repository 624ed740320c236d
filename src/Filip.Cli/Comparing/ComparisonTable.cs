using System.Globalization;
using Filip.Cli.Terminal;
using Filip.Relevance.Comparison;
using Filip.Relevance.Report;
using Filip.Relevance.Statistics;
using Spectre.Console;

namespace Filip.Cli.Comparing;

/// <summary>A comparison on the terminal: the answer in words, then the numbers.</summary>
internal static class ComparisonTable
{
    private const double Alpha = 0.05;
    private const int Shown = 5;
    private const int LongestText = 60;

    /// <summary>Prints it.</summary>
    public static void Print(ComparisonResult result)
    {
        var verdict = Verdict.Of(result);
        Screen.Out.WriteLine();
        Screen.Out.WriteLine($"A  {result.A.Spec}");
        Screen.Out.WriteLine($"B  {result.B.Spec}");
        Screen.Out.WriteLine();
        var colour = verdict.Tone switch { "good" => "green bold", "bad" => "red bold", _ => "bold" };
        Screen.Out.Write(new Paragraph(verdict.Headline, Style.Parse(colour)));
        Screen.Out.WriteLine();
        Screen.Out.WriteLine(verdict.Detail.Replace('−', '-'));
        Metrics(result);
        foreach (var kind in result.Slices.GroupBy(slice => slice.Kind))
        {
            Slices(kind.Key, [.. kind], result.Metrics[0].ToString());
        }

        Extremes("Biggest gains", result.Gains, result.Metrics[0].ToString());
        Extremes("Biggest losses", result.Losses, result.Metrics[0].ToString());
        Facts(result);
    }

    private static void Metrics(ComparisonResult result)
    {
        var table = Table("metric", "A", "B", "difference", "95 % interval", "p", "p (Holm)", "B wins / ties / loses");
        foreach (var difference in result.Differences)
        {
            var s = difference.Statistics;
            table.AddRow(
                new Text(difference.Metric.ToString()),
                new Text(Figures.Value(s.MeanA)),
                new Text(Figures.Value(s.MeanB)),
                Delta(s),
                new Text($"{Figures.Signed(s.Ci95.Low)} to {Figures.Signed(s.Ci95.High)}"),
                new Text(Figures.P(s.Randomisation.P)),
                new Text(Figures.P(difference.PHolm)),
                new Text(string.Create(CultureInfo.InvariantCulture, $"{s.Wins} / {s.Ties} / {s.Losses}")));
        }

        Screen.Out.Write(table);
        Screen.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Means over {Queries(result.Queries.Count)}. p: randomisation test, two-sided; Holm's counts in that {result.Metrics.Count} metrics are looked at."));
    }

    private static void Slices(string kind, IReadOnlyList<Slice> slices, string metric)
    {
        Screen.Out.WriteLine();
        var table = Table($"{metric} by {kind}", "queries", "A", "B", "difference", "95 % interval", "p (Holm)");
        foreach (var slice in slices)
        {
            var s = slice.Statistics;
            table.AddRow(
                new Text(slice.Name),
                new Text(s.Count.ToString(CultureInfo.InvariantCulture)),
                new Text(Figures.Value(s.MeanA)),
                new Text(Figures.Value(s.MeanB)),
                Delta(s),
                new Text($"{Figures.Signed(s.Ci95.Low)} to {Figures.Signed(s.Ci95.High)}"),
                new Text(Figures.P(slice.PHolm)));
        }

        Screen.Out.Write(table);
    }

    private static void Extremes(string title, IReadOnlyList<QueryComparison> queries, string metric)
    {
        if (queries.Count == 0)
        {
            return;
        }

        Screen.Out.WriteLine();
        var table = Table($"{title}, {metric}", "A", "B", "difference");
        foreach (var query in queries.Take(Shown))
        {
            table.AddRow(
                new Text(Cut(query.Text is null ? query.Query : $"{query.Text} ({query.Query})")),
                new Text(Figures.Value(query.A[0])),
                new Text(Figures.Value(query.B[0])),
                new Markup($"[{(query.Delta > 0 ? "green" : "red")}]{Figures.Signed(query.Delta)}[/]"));
        }

        Screen.Out.Write(table);
    }

    private static void Facts(ComparisonResult result)
    {
        Screen.Out.WriteLine();
        var overlap = result.Overlap;
        var facts = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
        void Add(string name, string fact) => facts.AddRow(new Text(name), new Text(fact));
        Add("answers", string.Create(
            CultureInfo.InvariantCulture,
            $"{Figures.Value(overlap.Jaccard10)} of both first tens is shared (Jaccard), rank-biased overlap {Figures.Value(overlap.Rbo)}"
            + $"{(overlap.Tau is { } tau ? $", Kendall's tau {Figures.Value(tau)}" : "")}"));
        if (result.Ceiling is { } ceiling)
        {
            Add("recall ceiling", string.Create(
                CultureInfo.InvariantCulture,
                $"nDCG@10 can reach {Figures.Value(ceiling.Ndcg10)} within {ceiling.Window} candidates; the rest is lost in stage one"));
        }

        foreach (var (name, side) in new[] { ("cost of A", result.A), ("cost of B", result.B) })
        {
            if (Figures.Cost(side.Cost) is { } cost)
            {
                Add(name, cost);
            }
        }

        Add("experiment", result.Experiment.Hash);
        Screen.Out.Write(facts);
    }

    /// <summary>A table whose first column is for names and whose others are for numbers.</summary>
    internal static Table Table(params string[] columns)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn(new Text(columns[0])));
        foreach (var column in columns.Skip(1))
        {
            table.AddColumn(new TableColumn(new Text(column)).RightAligned().NoWrap());
        }

        return table;
    }

    private static Markup Delta(PairedComparison s)
    {
        var text = Figures.Signed(s.Delta);
        return new Markup(s.Randomisation.P >= Alpha ? text : $"[{(s.Delta > 0 ? "green" : "red")}]{text}[/]");
    }

    private static string Queries(int count) =>
        count == 1 ? "1 judged query" : string.Create(CultureInfo.InvariantCulture, $"{count} judged queries");

    private static string Cut(string text) => text.Length <= LongestText ? text : text[..(LongestText - 1)] + "…";
}

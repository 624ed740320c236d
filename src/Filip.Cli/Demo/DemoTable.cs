using System.Globalization;
using Filip.Cli.Terminal;
using Filip.Relevance.Judgements;
using Filip.Relevance.Metrics;
using Filip.Relevance.Runs;
using Spectre.Console;

namespace Filip.Cli.Demo;

/// <summary>The before/after table of the demo, on the terminal.</summary>
internal static class DemoTable
{
    private const int Shown = 5;
    private const int PerFamily = 2;

    /// <summary>A few queries of each family, in file order: none picked for its result.</summary>
    public static IReadOnlyList<EvaluationQuery> Choose(IReadOnlyList<EvaluationQuery> queries, int perFamily = PerFamily) =>
        [.. queries.GroupBy(query => query.Family).SelectMany(family => family.Take(perFamily))];

    /// <summary>Prints the queries and what both stages answered.</summary>
    public static void PrintQueries(DemoSet set, DemoRuns runs)
    {
        var table = new Table().Border(TableBorder.Rounded).ShowRowSeparators()
            .AddColumn("query")
            .AddColumn("relevant")
            .AddColumn($"stage one, top {Shown}")
            .AddColumn($"reranked, top {Shown}");
        var shared = SharedPrefix(runs.Recall);
        foreach (var query in Choose(set.Queries))
        {
            var grades = set.Qrels.ByQuery.GetValueOrDefault(query.Id);
            var relevant = grades?.Where(pair => pair.Value >= set.RelevantGrade).Select(pair => Short(pair.Key, shared)).ToList() ?? [];
            table.AddRow(
                new Markup(Markup.Escape(query.Text)),
                new Markup(Markup.Escape(string.Join(' ', relevant.Take(Shown))) + (relevant.Count > Shown ? $" +{relevant.Count - Shown}" : "")),
                Answer(runs.Recall, query, grades, set.RelevantGrade, shared),
                Answer(runs.Rerank, query, grades, set.RelevantGrade, shared));
        }

        Screen.Out.Write(table);
        Screen.Out.MarkupLine($"[green]●[/] relevant  [yellow]○[/] partly  · not    (ids without '{Markup.Escape(shared)}')");
    }

    /// <summary>Prints both sets of figures.</summary>
    public static void PrintMetrics(IReadOnlyList<(MetricName Metric, double Recall, double Rerank)> metrics)
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumn("metric")
            .AddColumn(new TableColumn("stage one").RightAligned())
            .AddColumn(new TableColumn("reranked").RightAligned())
            .AddColumn(new TableColumn("difference").RightAligned());
        foreach (var (metric, recall, rerank) in metrics)
        {
            var colour = rerank > recall ? "green" : "red";
            table.AddRow(
                new Text(metric.ToString()),
                new Text(Figure(recall)),
                new Text(Figure(rerank)),
                new Markup($"[{colour}]{(rerank - recall).ToString("+0.000;-0.000", CultureInfo.InvariantCulture)}[/]"));
        }

        Screen.Out.Write(table);
    }

    private static Markup Answer(
        Run run, EvaluationQuery query, IReadOnlyDictionary<string, double>? grades, double relevant, string shared) =>
        new(string.Join("  ", run[query.Id].Take(Shown).Select(document =>
        {
            var grade = grades?.GetValueOrDefault(document.Id) ?? 0;
            var mark = grade >= relevant ? "[green]●[/]" : grade > 0 ? "[yellow]○[/]" : "·";
            return mark + Markup.Escape(Short(document.Id, shared));
        })));

    // "scene-00123" ten times a row says less than "123".
    private static string SharedPrefix(Run run)
    {
        var ids = run.Answers.Values.SelectMany(answer => answer.Take(Shown)).Select(document => document.Id).Distinct().ToList();
        if (ids.Count < 2)
        {
            return "";
        }

        var first = ids[0];
        var length = ids.Min(id => first.Zip(id).TakeWhile(pair => pair.First == pair.Second).Count());
        return first[..length];
    }

    private static string Short(string id, string shared) => id.StartsWith(shared, StringComparison.Ordinal) ? id[shared.Length..] : id;

    private static string Figure(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}

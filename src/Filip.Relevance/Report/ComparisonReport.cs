using System.Globalization;
using Filip.Relevance.Comparison;
using Filip.Relevance.Judgements;
using Filip.Relevance.Statistics;

namespace Filip.Relevance.Report;

/// <summary>What a report may show beside the numbers.</summary>
public sealed record ComparisonReportOptions
{
    /// <summary>The page's title.</summary>
    public string Title { get; init; } = "Relevance comparison";

    /// <summary>A document's thumbnail as JPEG or PNG, null where it has none.</summary>
    public Func<string, byte[]?>? Thumbnail { get; init; }

    /// <summary>The judgements, so that relevant pictures are framed.</summary>
    public Qrels? Qrels { get; init; }

    /// <summary>Lowest grade with a full frame; lower ones above 0 have a dashed one.</summary>
    /// <value>The default is 1.</value>
    public double RelevantGrade { get; init; } = 1;

    /// <summary>Thumbnails a side.</summary>
    /// <value>The default is 5.</value>
    public int Shown { get; init; } = 5;

    /// <summary>Candidates × codecs that were tried, for the plot; may be empty.</summary>
    public IReadOnlyList<SweepPoint> Sweep { get; init; } = [];
}

/// <summary>A comparison as one HTML file that fetches nothing.</summary>
public static class ComparisonReport
{
    /// <summary>Writes the page.</summary>
    /// <param name="result">A comparison.</param>
    /// <param name="writer">Where to.</param>
    /// <param name="options">Title, thumbnails, judgements.</param>
    public static void Write(ComparisonResult result, TextWriter writer, ComparisonReportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(writer);
        options ??= new ComparisonReportOptions();
        Page.Open(writer, options.Title);
        Head(result, writer, options);
        MetricTable(result, writer);
        writer.Write($"<h2>Query by query</h2>\n<figure class=\"chart\">{GainsChart.PerQuery(result.Queries, result.Metrics[0].ToString())}</figure>\n");
        SliceTable(result, writer);
        var shots = new Shots(
            options.Thumbnail,
            options.Qrels is { } qrels ? (query, id) => Grade(qrels, query, id) : null,
            options.RelevantGrade);
        Extremes("Biggest gains", result, result.Gains, shots, writer, options);
        Extremes("Biggest losses", result, result.Losses, shots, writer, options);
        if (options.Sweep.Count > 0)
        {
            writer.Write($"<h2>Quality against cost</h2>\n<figure class=\"chart\">{ParetoPlot.Svg(options.Sweep, result.Metrics[0].ToString())}</figure>\n");
        }

        ReportRecord.Write(result, writer);
        Page.Close(writer);
    }

    private static void Head(ComparisonResult result, TextWriter writer, ComparisonReportOptions options)
    {
        var verdict = Verdict.Of(result);
        writer.Write($"""
            <h1>{Html.Text(options.Title)}</h1>
            <p class="soft">A: {Html.Text(result.A.Spec)} · B: {Html.Text(result.B.Spec)} · {Html.Count(result.Queries.Count)} judged queries</p>
            <section class="verdict {verdict.Tone}"><strong>{Html.Text(verdict.Headline)}</strong>{Html.Text(verdict.Detail)}</section>
            <div class="tiles">
            <div class="tile"><b>{Html.Value(result.Overlap.Jaccard10)}</b><span>of the two first tens is shared (Jaccard)</span></div>
            <div class="tile"><b>{Html.Value(result.Overlap.Rbo)}</b><span>rank-biased overlap of the answers</span></div>

            """);
        if (result.Ceiling is { } ceiling)
        {
            writer.Write($"<div class=\"tile\"><b>{Html.Value(ceiling.Ndcg10)}</b><span>nDCG@10 at most, from at most {Html.Count(ceiling.Window)} candidates a query; the rest is lost in stage one</span></div>\n");
        }

        foreach (var (name, cost) in new[] { ("A", result.A.Cost), ("B", result.B.Cost) })
        {
            string[] parts = [.. new[]
            {
                cost?.LatencyP95Ms is { } p95 ? string.Create(CultureInfo.InvariantCulture, $"95 % within {p95:0.0} ms") : null,
                cost?.BytesPerPicture is { } bytes ? $"{Html.Count((long)bytes)} bytes a picture" : null,
            }.OfType<string>()];
            if (parts.Length > 0 || cost?.LatencyP50Ms is not null)
            {
                string median = cost?.LatencyP50Ms is { } p50 ? string.Create(CultureInfo.InvariantCulture, $"{p50:0.0} ms") : "–";
                writer.Write($"<div class=\"tile\"><b>{median}</b><span>median latency of {name}; {string.Join(", ", parts)}</span></div>\n");
            }
        }

        writer.Write("</div>\n");
    }

    private static void MetricTable(ComparisonResult result, TextWriter writer)
    {
        double reach = result.Differences.Max(d => Reach(d.Statistics));
        writer.Write("""
            <h2>Metrics</h2>
            <div class="wide"><table>
            <thead><tr><th scope="col">metric</th><th scope="col">A</th><th scope="col">B</th><th scope="col">difference</th><th scope="col">95 % interval</th><th scope="col"><span class="soft">A better · B better</span></th><th scope="col">p</th><th scope="col">p (Holm)</th><th scope="col">effect d<sub>z</sub></th><th scope="col">B wins / ties / loses</th></tr></thead>
            <tbody>

            """);
        foreach (var difference in result.Differences)
        {
            var s = difference.Statistics;
            writer.Write($"<tr><th scope=\"row\">{difference.Metric}</th><td>{Html.Value(s.MeanA)}</td><td>{Html.Value(s.MeanB)}</td>"
                + $"<td class=\"{Tone(s)}\">{Html.Signed(s.Delta)}</td><td>{Html.Signed(s.Ci95.Low)} to {Html.Signed(s.Ci95.High)}</td>"
                + $"<td>{GainsChart.Whisker(s.Delta, s.Ci95, reach)}</td><td>{Html.Text(Html.P(s.Randomisation.P))}</td><td>{Html.Text(Html.P(difference.PHolm))}</td>"
                + $"<td>{(s.Dz is { } dz ? dz.ToString("0.00", CultureInfo.InvariantCulture) : "–")}</td><td>{s.Wins} / {s.Ties} / {s.Losses}</td></tr>\n");
        }

        writer.Write($"""
            </tbody></table></div>
            <p class="soft">Means over all {Html.Count(result.Queries.Count)} judged queries. Intervals: bootstrap. p: randomisation test of the signs, two-sided, over those queries; Holm's correction counts in that several metrics are looked at.</p>

            """);
    }

    private static void SliceTable(ComparisonResult result, TextWriter writer)
    {
        if (result.Slices.Count == 0)
        {
            return;
        }

        double reach = result.Slices.Max(slice => Reach(slice.Statistics));
        writer.Write($"""
            <h2>Where it comes from</h2>
            <div class="wide"><table>
            <thead><tr><th scope="col">{result.Metrics[0]} by</th><th scope="col" class="left">part</th><th scope="col">queries</th><th scope="col">A</th><th scope="col">B</th><th scope="col">difference</th><th scope="col"></th><th scope="col">p (Holm)</th></tr></thead>
            <tbody>

            """);
        foreach (var slice in result.Slices)
        {
            var s = slice.Statistics;
            writer.Write($"<tr><td>{Html.Text(slice.Kind)}</td><th scope=\"row\" class=\"left\">{Html.Text(slice.Name)}</th><td>{Html.Count(s.Count)}</td><td>{Html.Value(s.MeanA)}</td><td>{Html.Value(s.MeanB)}</td>"
                + $"<td class=\"{Tone(s)}\">{Html.Signed(s.Delta)}</td><td>{GainsChart.Whisker(s.Delta, s.Ci95, reach)}</td><td>{Html.Text(Html.P(slice.PHolm))}</td></tr>\n");
        }

        writer.Write("</tbody></table></div>\n");
    }

    private static void Extremes(
        string title, ComparisonResult result, IReadOnlyList<QueryComparison> queries, Shots shots, TextWriter writer,
        ComparisonReportOptions options)
    {
        writer.Write($"<h2>{title}</h2>\n");
        if (queries.Count == 0)
        {
            writer.Write("<p class=\"soft\">None.</p>\n");
            return;
        }

        foreach (var query in queries)
        {
            writer.Write($"<article class=\"query\"><header><h3>{Html.Text(query.Text ?? query.Query)}</h3>"
                + $"<span class=\"{(query.Delta > 0 ? "good" : "bad")}\">{result.Metrics[0]} {Html.Value(query.A[0])} → {Html.Value(query.B[0])}</span>"
                + $"<span class=\"soft\">{Html.Text(Beside(query))}</span></header>\n<div class=\"sides\">\n");
            foreach (var (side, ids) in new[] { ("A", query.TopA), ("B", query.TopB) })
            {
                writer.Write($"<div class=\"side\"><h4>{side}</h4>");
                shots.Write(writer, query.Query, ids.Take(options.Shown));
                writer.Write("</div>\n");
            }

            writer.Write("</div></article>\n");
        }
    }

    private static string Beside(QueryComparison query) => string.Join(" · ", new[]
    {
        query.Text is null ? null : query.Query, // the heading already
        query.Ceiling is { } ceiling ? $"candidates allow nDCG@10 {Html.Value(ceiling)}" : null,
    }.OfType<string>());

    private static double? Grade(Qrels qrels, string query, string id) =>
        qrels.ByQuery.TryGetValue(query, out var grades) && grades.TryGetValue(id, out double grade) ? grade : null;

    private static double Reach(PairedComparison s) =>
        Math.Max(0.001, Math.Max(Math.Abs(s.Ci95.Low), Math.Abs(s.Ci95.High)));

    private static string Tone(PairedComparison s) =>
        s.Randomisation.P >= 0.05 ? "" : s.Delta > 0 ? "good" : "bad";
}

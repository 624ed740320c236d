using System.Globalization;
using Filip.Relevance.Comparison;

namespace Filip.Relevance.Report;

/// <summary>A picture that belongs to a query, with a caption: a heat map of a word on a result.</summary>
/// <param name="Caption">What it shows.</param>
/// <param name="Picture">JPEG or PNG.</param>
public sealed record CaptionedPicture(string Caption, byte[] Picture);

/// <summary>A query with its answer before and after.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">Its text.</param>
/// <param name="Before">Stage one's documents, best first.</param>
/// <param name="After">The documents after stage two, best first.</param>
/// <param name="HeatMaps">Pictures to show below, null or empty for none.</param>
public sealed record BeforeAfterQuery(
    string Id,
    string Text,
    IReadOnlyList<string> Before,
    IReadOnlyList<string> After,
    IReadOnlyList<CaptionedPicture>? HeatMaps = null);

/// <summary>What a before-and-after page shows.</summary>
public sealed record BeforeAfterOptions
{
    /// <summary>The page's title.</summary>
    public string Title { get; init; } = "Before and after late interaction";

    /// <summary>One sentence below the title; empty for none.</summary>
    public string Introduction { get; init; } = "";

    /// <summary>What the side before is called.</summary>
    public string BeforeName { get; init; } = "recall only";

    /// <summary>What the side after is called.</summary>
    public string AfterName { get; init; } = "reranked";

    /// <summary>A document's thumbnail as JPEG or PNG, null where it has none.</summary>
    public Func<string, byte[]?>? Thumbnail { get; init; }

    /// <summary>The grade of a document (second) for a query (first), null where it was not judged.</summary>
    public Func<string, string, double?>? Grade { get; init; }

    /// <summary>Lowest grade with a full frame; lower ones above 0 have a dashed one.</summary>
    /// <value>The default is 1.</value>
    public double RelevantGrade { get; init; } = 1;

    /// <summary>Thumbnails a side.</summary>
    /// <value>The default is 5.</value>
    public int Shown { get; init; } = 5;
}

/// <summary>A page of queries with both answers side by side, the metrics of both on top; it fetches nothing.</summary>
public static class BeforeAfterReport
{
    /// <summary>Writes the page.</summary>
    /// <param name="queries">The queries to show.</param>
    /// <param name="metrics">Name, value before, value after.</param>
    /// <param name="writer">Where to.</param>
    /// <param name="options">Title, names, thumbnails, grades.</param>
    public static void Write(
        IReadOnlyList<BeforeAfterQuery> queries,
        IReadOnlyList<(string Name, double Before, double After)> metrics,
        TextWriter writer,
        BeforeAfterOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(metrics);
        ArgumentNullException.ThrowIfNull(writer);
        options ??= new BeforeAfterOptions();
        Page.Open(writer, options.Title);
        writer.Write($"<h1>{Html.Text(options.Title)}</h1>\n<p class=\"soft\">{Html.Text(options.Introduction)}</p>\n<div class=\"tiles\">\n");
        foreach (var (name, before, after) in metrics)
        {
            string tone = after > before ? "good" : after < before ? "bad" : "";
            writer.Write($"<div class=\"tile\"><span>{Html.Text(name)}</span><b>{Html.Value(before)} → <em class=\"{tone}\">{Html.Value(after)}</em></b>"
                + $"<span>{Html.Text(options.BeforeName)} → {Html.Text(options.AfterName)}, {Html.Signed(after - before)}</span></div>\n");
        }

        writer.Write("</div>\n");
        writer.Write(string.Create(CultureInfo.InvariantCulture, $"<h2>{queries.Count} queries</h2>\n"));
        if (options.Grade is not null)
        {
            writer.Write("<p class=\"soft\"><span class=\"key\"></span> relevant &nbsp; <span class=\"key partly\"></span> partly relevant</p>\n");
        }

        var shots = new Shots(options.Thumbnail, options.Grade, options.RelevantGrade);
        foreach (var query in queries)
        {
            Query(query, shots, writer, options);
        }

        Page.Close(writer);
    }

    /// <summary>The metrics of a comparison as this page takes them.</summary>
    /// <param name="result">A comparison; A is before, B after.</param>
    public static IReadOnlyList<(string Name, double Before, double After)> MetricsOf(ComparisonResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return [.. result.Metrics.Select(metric => (metric.ToString(), result.A.Mean(metric), result.B.Mean(metric)))];
    }

    private static void Query(BeforeAfterQuery query, Shots shots, TextWriter writer, BeforeAfterOptions options)
    {
        writer.Write($"<article class=\"query\"><header><h3>{Html.Text(query.Text)}</h3><span class=\"soft\">{Html.Text(query.Id)}</span></header>\n<div class=\"sides\">\n");
        foreach (var (name, ids) in new[] { (options.BeforeName, query.Before), (options.AfterName, query.After) })
        {
            writer.Write($"<div class=\"side\"><h4>{Html.Text(name)}</h4>");
            shots.Write(writer, query.Id, ids.Take(options.Shown));
            writer.Write("</div>\n");
        }

        writer.Write("</div>\n");
        if (query.HeatMaps is { Count: > 0 } maps)
        {
            writer.Write("<ul class=\"shots\" style=\"margin-top:12px\">\n");
            foreach (var map in maps)
            {
                writer.Write($"<li class=\"shot heat\"><img src=\"{Html.DataUri(map.Picture)}\" alt=\"{Html.Text(map.Caption)}\">{Html.Text(map.Caption)}</li>\n");
            }

            writer.Write("</ul>\n");
        }

        writer.Write("</article>\n");
    }
}

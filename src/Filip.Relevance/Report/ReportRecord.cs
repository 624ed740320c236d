using System.Globalization;
using Filip.Relevance.Comparison;

namespace Filip.Relevance.Report;

/// <summary>The end of a report: notes, and the record of exactly what was compared.</summary>
internal static class ReportRecord
{
    public static void Write(ComparisonResult result, TextWriter writer)
    {
        if (result.Notes.Count > 0)
        {
            writer.Write("<h2>To know beside the numbers</h2>\n<ul class=\"notes\">\n");
            foreach (string note in result.Notes)
            {
                writer.Write($"<li>{Html.Text(note)}</li>\n");
            }

            writer.Write("</ul>\n");
        }

        var e = result.Experiment;
        writer.Write("<h2>Experiment record</h2>\n<dl>\n");
        Row(writer, "experiment", e.Hash);
        Row(writer, "A", e.A);
        Row(writer, "B", e.B);
        Row(writer, "answers of A", e.RunA);
        Row(writer, "answers of B", e.RunB);
        Row(writer, "judgements", e.Qrels);
        Row(writer, "queries", e.Queries);
        Row(writer, "metrics", e.Metrics);
        Row(writer, "relevant from grade", e.Level.ToString(CultureInfo.InvariantCulture));
        Row(writer, "seed", string.Create(
            CultureInfo.InvariantCulture, $"{e.Seed}, {e.Permutations} permutations, {e.Resamples} resamples"));
        Row(writer, "model fingerprint", e.Fingerprint);
        Row(writer, "index generation", e.Generation);
        foreach (var (name, version) in e.Versions.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            Row(writer, name, version);
        }

        writer.Write("</dl>\n");
    }

    private static void Row(TextWriter writer, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            writer.Write($"<dt>{Html.Text(name)}</dt><dd>{Html.Text(value)}</dd>\n");
        }
    }
}

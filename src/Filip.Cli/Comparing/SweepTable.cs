using System.Globalization;
using Filip.Cli.Terminal;
using Filip.Relevance.Report;
using Spectre.Console;

namespace Filip.Cli.Comparing;

/// <summary>A sweep on the terminal.</summary>
internal static class SweepTable
{
    /// <summary>Prints it; settings that no other beats are marked.</summary>
    public static void Print(IReadOnlyList<SweepPoint> points, string metric)
    {
        var front = Sweep.Front(points);
        Screen.Out.WriteLine();
        var table = ComparisonTable.Table("codec", "candidates", metric, "bytes a picture", "median ms", "");
        foreach (var point in points)
        {
            table.AddRow(
                new Text(point.Codec),
                new Text(point.Candidates.ToString(CultureInfo.InvariantCulture)),
                new Text(Figures.Value(point.Quality)),
                new Text(point.BytesPerPicture.ToString("N0", CultureInfo.InvariantCulture)),
                new Text(point.LatencyMs.ToString("0.0", CultureInfo.InvariantCulture)),
                new Markup(front.Contains(point) ? "[green]●[/]" : ""));
        }

        Screen.Out.Write(table);
        Screen.Out.MarkupLine("[green]●[/] no other setting is as good, as small and as fast");
    }
}

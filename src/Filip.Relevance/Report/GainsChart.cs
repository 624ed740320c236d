using System.Globalization;
using Filip.Relevance.Comparison;
using Filip.Relevance.Statistics;

namespace Filip.Relevance.Report;

/// <summary>Pictures of differences, drawn as inline SVG.</summary>
internal static class GainsChart
{
    private const double Width = 1000;
    private const double Height = 260;
    private const double Left = 50;
    private const double Bottom = 28;
    private const double WidestBar = 60;

    /// <summary>One bar a query, the largest gain first: how many gain, how many lose, how much.</summary>
    public static string PerQuery(IReadOnlyList<QueryComparison> queries, string metric)
    {
        QueryComparison[] sorted = [.. queries.OrderByDescending(query => query.Delta)];
        double most = Math.Max(0.05, sorted.Max(query => Math.Abs(query.Delta)));
        double middle = (Height - Bottom) / 2;
        double unit = (middle - 12) / most;
        double step = Math.Min((Width - Left - 10) / sorted.Length, WidestBar);
        var bars = sorted.Select((query, i) =>
        {
            double height = Math.Max(Math.Abs(query.Delta) * unit, query.Delta == 0 ? 0 : 1);
            double top = query.Delta > 0 ? middle - height : middle;
            return $"<rect class=\"{(query.Delta > 0 ? "up" : "down")}\" x=\"{Html.At(Left + (i * step))}\" y=\"{Html.At(top)}\" "
                + $"width=\"{Html.At(Math.Max(step - (step > 4 ? 1 : 0), 0.5))}\" height=\"{Html.At(height)}\">"
                + $"<title>{Html.Text(query.Text ?? query.Query)}: {Html.Signed(query.Delta)}</title></rect>";
        });
        string lines = string.Concat(new[] { most, most / 2, 0, -most / 2, -most }.Select(value =>
            $"<line class=\"{(value == 0 ? "axis" : "grid")}\" x1=\"{Html.At(Left)}\" x2=\"{Html.At(Width)}\" "
            + $"y1=\"{Html.At(middle - (value * unit))}\" y2=\"{Html.At(middle - (value * unit))}\"/>"
            + $"<text x=\"{Html.At(Left - 6)}\" y=\"{Html.At(middle - (value * unit) + 4)}\" text-anchor=\"end\">{value.ToString("+0.00;−0.00;0", CultureInfo.InvariantCulture)}</text>"));
        int wins = sorted.Count(query => query.Delta > 0);
        int losses = sorted.Count(query => query.Delta < 0);
        string label = $"Difference in {metric} of each query, largest gain first: {Html.Count(wins)} gain, "
            + $"{Html.Count(sorted.Length - wins - losses)} stay, {Html.Count(losses)} lose.";
        return $"<svg viewBox=\"0 0 {Html.At(Width)} {Html.At(Height)}\" role=\"img\" aria-label=\"{Html.Text(label)}\">{lines}\n"
            + string.Join("\n", bars)
            + $"\n<text x=\"{Html.At(Left)}\" y=\"{Html.At(Height - 6)}\">{Html.Text(label)}</text></svg>";
    }

    /// <summary>A difference with its interval on a scale that a table's rows share.</summary>
    public static string Whisker(double delta, Interval interval, double reach)
    {
        double X(double value) => 65 + (Math.Clamp(value / reach, -1, 1) * 59);
        return "<svg viewBox=\"0 0 130 20\" style=\"width:130px\" aria-hidden=\"true\">"
            + "<line class=\"axis\" x1=\"65\" x2=\"65\" y1=\"0\" y2=\"20\"/>"
            + $"<line class=\"whisker\" x1=\"{Html.At(X(interval.Low))}\" x2=\"{Html.At(X(interval.High))}\" y1=\"10\" y2=\"10\"/>"
            + $"<circle class=\"dot\" cx=\"{Html.At(X(delta))}\" cy=\"10\" r=\"4.5\"/></svg>";
    }
}

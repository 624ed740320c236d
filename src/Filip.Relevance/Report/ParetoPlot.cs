using System.Globalization;

namespace Filip.Relevance.Report;

/// <summary>A sweep as a picture: latency to the right, quality upwards, bytes as the area of the dot.</summary>
public static class ParetoPlot
{
    private const double Width = 1000;
    private const double Height = 400;
    private const double Left = 64;
    private const double Right = 40;
    private const double Top = 34;
    private const double Bottom = 52;

    /// <summary>Draws the plot as an SVG element.</summary>
    /// <param name="points">Settings that were tried, at least one.</param>
    /// <param name="quality">What quality is called.</param>
    /// <exception cref="ArgumentException">There is no point.</exception>
    public static string Svg(IReadOnlyList<SweepPoint> points, string quality = "ndcg@10")
    {
        ArgumentNullException.ThrowIfNull(points);
        if (points.Count == 0)
        {
            throw new ArgumentException("There is nothing to draw; expected one setting at least.", nameof(points));
        }

        var front = Sweep.Front(points);
        var (lowQ, highQ) = Padded(points.Min(p => p.Quality), points.Max(p => p.Quality), 0.01);
        double highL = Math.Max(points.Max(p => p.LatencyMs) * 1.12, 1e-6);
        double X(double latency) => Left + (latency / highL * (Width - Left - Right));
        double Y(double value) => Height - Bottom - ((value - lowQ) / (highQ - lowQ) * (Height - Top - Bottom));
        double most = Math.Max(points.Max(p => p.BytesPerPicture), 1);
        string path = string.Join(" ", front.Select(p => $"{Html.At(X(p.LatencyMs))},{Html.At(Y(p.Quality))}"));
        string label = string.Create(
            CultureInfo.InvariantCulture,
            $"{points.Count} settings by latency and {quality}; {front.Count} of them are beaten by no other.");
        var above = front.Where((_, place) => place % 2 == 0).ToHashSet();
        var dots = points.Select(p =>
        {
            bool kept = front.Contains(p);
            string name = string.Create(CultureInfo.InvariantCulture, $"{p.Codec}, {p.Candidates}");
            string title = Html.Text(string.Create(
                CultureInfo.InvariantCulture,
                $"{p.Codec}, {p.Candidates} candidates: {quality} {p.Quality:0.000}, {p.LatencyMs:0.0} ms, {p.BytesPerPicture:#,0} bytes a picture"));
            double radius = 4 + (10 * Math.Sqrt(p.BytesPerPicture / most));

            // Labels go above and below in turns: beside a dot they would lie on the line.
            double at = Y(p.Quality) + (above.Contains(p) ? -radius - 7 : radius + 16);
            return $"<circle class=\"dot\" cx=\"{Html.At(X(p.LatencyMs))}\" cy=\"{Html.At(Y(p.Quality))}\" r=\"{Html.At(radius)}\" opacity=\"{(kept ? "0.9" : "0.3")}\"><title>{title}</title></circle>"
                + (kept ? $"<text x=\"{Html.At(X(p.LatencyMs))}\" y=\"{Html.At(at)}\" text-anchor=\"middle\">{Html.Text(name)}</text>" : "");
        });
        return $"<svg viewBox=\"0 0 {Html.At(Width)} {Html.At(Height)}\" role=\"img\" aria-label=\"{Html.Text(label)}\">\n"
            + Axes(lowQ, highQ, highL, X, Y)
            + $"<polyline class=\"front\" points=\"{path}\"/>\n"
            + string.Join("\n", dots)
            + $"\n<text x=\"{Html.At(Width / 2)}\" y=\"{Html.At(Height - 8)}\" text-anchor=\"middle\">median latency of a query, ms; the area of a dot grows with its bytes a picture</text>"
            + $"<text x=\"{Html.At(Left)}\" y=\"14\">{Html.Text(quality)}</text></svg>";
    }

    private static string Axes(double lowQ, double highQ, double highL, Func<double, double> x, Func<double, double> y) =>
        string.Concat(Ticks(lowQ, highQ).Select(q =>
            $"<line class=\"grid\" x1=\"{Html.At(Left)}\" x2=\"{Html.At(Width - Right)}\" y1=\"{Html.At(y(q))}\" y2=\"{Html.At(y(q))}\"/>"
            + $"<text x=\"{Html.At(Left - 8)}\" y=\"{Html.At(y(q) + 4)}\" text-anchor=\"end\">{Html.Value(q)}</text>\n"))
        + $"<line class=\"axis\" x1=\"{Html.At(Left)}\" x2=\"{Html.At(Width - Right)}\" y1=\"{Html.At(Height - Bottom)}\" y2=\"{Html.At(Height - Bottom)}\"/>\n"
        + string.Concat(Ticks(0, highL).Select(l =>
            $"<text x=\"{Html.At(x(l))}\" y=\"{Html.At(Height - Bottom + 18)}\" text-anchor=\"middle\">{l.ToString("0.######", CultureInfo.InvariantCulture)}</text>\n"));

    /// <summary>Round numbers, four to nine of them.</summary>
    private static IEnumerable<double> Ticks(double low, double high)
    {
        double raw = (high - low) / 5;
        double power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        double step = power * ((raw / power) switch { < 1.5 => 1, < 3.5 => 2, < 7.5 => 5, _ => 10 });
        for (double i = Math.Ceiling(low / step); i * step <= high; i++)
        {
            yield return i * step;
        }
    }

    private static (double Low, double High) Padded(double low, double high, double least)
    {
        double pad = Math.Max((high - low) * 0.12, least);
        return (low - pad, high + pad);
    }
}

using System.Globalization;
using Filip.Relevance.Comparison;

namespace Filip.Relevance.Report;

/// <summary>The comparison in words, for a reader who reads nothing else.</summary>
/// <param name="Tone">good, bad, or empty where nothing was shown.</param>
/// <param name="Headline">The answer.</param>
/// <param name="Detail">How sure it is, and from how much.</param>
public sealed record Verdict(string Tone, string Headline, string Detail)
{
    private const double Alpha = 0.05;

    /// <summary>Says what the leading metric says.</summary>
    /// <param name="result">A comparison.</param>
    public static Verdict Of(ComparisonResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var leading = result.Differences[0];
        var s = leading.Statistics;
        bool shown = s.Randomisation.P < Alpha;
        string tone = !shown ? "" : s.Delta > 0 ? "good" : "bad";
        string headline = !shown
            ? $"No difference could be shown between A and B in {leading.Metric}: {Html.Value(s.MeanA)} against {Html.Value(s.MeanB)}."
            : $"B is {(s.Delta > 0 ? "better" : "worse")} than A: {leading.Metric} {(s.Delta > 0 ? "rises" : "falls")} from {Html.Value(s.MeanA)} to {Html.Value(s.MeanB)}.";
        string detail = $"The difference is {Html.Signed(s.Delta)} (95 % interval {Html.Signed(s.Ci95.Low)} to {Html.Signed(s.Ci95.High)}); "
            + $"by chance alone one as large would come with p {(s.Randomisation.P < 0.0001 ? "" : "= ")}{Html.P(s.Randomisation.P)} "
            + $"over {Html.Count(s.Count)} {(s.Count == 1 ? "query" : "queries")}. B wins on {Html.Count(s.Wins)}, "
            + $"ties on {Html.Count(s.Ties)}, loses on {Html.Count(s.Losses)}.";
        if (!shown && leading.MinimumDetectable is { } detectable)
        {
            detail += string.Create(
                CultureInfo.InvariantCulture,
                $" So many queries find a difference of {Html.Value(detectable)} four times in five; a smaller one may be there.");
        }

        return new Verdict(tone, headline, detail);
    }
}

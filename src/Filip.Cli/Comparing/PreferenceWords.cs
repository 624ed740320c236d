using System.Globalization;
using Filip.Relevance.Online;

namespace Filip.Cli.Comparing;

/// <summary>A preference in words.</summary>
internal static class PreferenceWords
{
    /// <summary>Says who was preferred, how often, and how sure that is.</summary>
    /// <param name="preference">The counts.</param>
    /// <param name="voters">What voted: sessions, or judgements.</param>
    public static string Of(Preference preference, string voters)
    {
        var counts = string.Create(
            CultureInfo.InvariantCulture, $"{preference.WinsB} {voters} prefer B, {preference.WinsA} prefer A, {preference.Ties} neither");
        if (preference.Value is not { } value || preference.Ci95 is not { } interval)
        {
            return counts + ".";
        }

        var p = preference.PSign is { } sign ? $"; sign test p {Figures.P(sign)}" : "";
        var headline = preference.PSign < 0.05
            ? preference.WinsB > preference.WinsA ? "B is preferred" : "A is preferred"
            : "No preference could be shown";
        return $"{headline}: {counts} (from -0.5, all A, to +0.5, all B: {Figures.Signed(value)}, "
            + $"95 % interval {Figures.Signed(interval.Low)} to {Figures.Signed(interval.High)}{p}).";
    }
}

using System.Globalization;
using System.Net;

namespace Filip.Relevance.Report;

/// <summary>Text and numbers as they stand in a page.</summary>
internal static class Html
{
    public static string Text(string? text) => WebUtility.HtmlEncode(text ?? "");

    public static string Value(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>With its sign, a true minus for the eye.</summary>
    public static string Signed(double value) => value.ToString("+0.000;−0.000;0.000", CultureInfo.InvariantCulture);

    public static string P(double? p) => p switch
    {
        null => "–",
        < 0.0001 => "< 0.0001",
        _ => p.Value.ToString("0.0000", CultureInfo.InvariantCulture),
    };

    public static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>A coordinate: short, and with a point.</summary>
    public static string At(double coordinate) => coordinate.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>A picture inside the page; nothing is fetched.</summary>
    public static string DataUri(byte[] picture)
    {
        string type = picture is [0x89, (byte)'P', (byte)'N', (byte)'G', ..] ? "png" : "jpeg";
        return $"data:image/{type};base64,{Convert.ToBase64String(picture)}";
    }
}

using System.Globalization;
using Filip.Relevance.Comparison;

namespace Filip.Cli.Comparing;

/// <summary>Numbers as a terminal shows them.</summary>
internal static class Figures
{
    /// <summary>Three digits after the point.</summary>
    public static string Value(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>With its sign.</summary>
    public static string Signed(double value) => value.ToString("+0.000;-0.000;0.000", CultureInfo.InvariantCulture);

    /// <summary>A p-value.</summary>
    public static string P(double p) => p < 0.0001 ? "< 0.0001" : p.ToString("0.0000", CultureInfo.InvariantCulture);

    /// <summary>What a variant costs, in words; null where nothing is known.</summary>
    public static string? Cost(VariantCost? cost)
    {
        string[] parts = [.. new[]
        {
            cost?.LatencyP50Ms is { } p50 ? string.Create(CultureInfo.InvariantCulture, $"median {p50:0.0} ms") : null,
            cost?.LatencyP95Ms is { } p95 ? string.Create(CultureInfo.InvariantCulture, $"95 % within {p95:0.0} ms") : null,
            cost?.BytesPerPicture is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} bytes a picture") : null,
        }.OfType<string>()];
        return parts.Length > 0 ? string.Join(", ", parts) : null;
    }
}

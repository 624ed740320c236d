namespace Filip.Relevance.Report;

/// <summary>One setting that was tried: what it gives and what it costs.</summary>
/// <param name="Codec">How patches are kept.</param>
/// <param name="Candidates">Candidates that stage two re-scores.</param>
/// <param name="Quality">Mean of the metric; higher is better.</param>
/// <param name="BytesPerPicture">Bytes kept for a picture.</param>
/// <param name="LatencyMs">Median latency of a query, milliseconds.</param>
public sealed record SweepPoint(string Codec, int Candidates, double Quality, double BytesPerPicture, double LatencyMs);

/// <summary>Which settings are worth having.</summary>
public static class Sweep
{
    /// <summary>The settings that no other beats: none is as good in quality, bytes and latency and better in one.</summary>
    /// <param name="points">Settings that were tried.</param>
    /// <returns>Those, by rising latency.</returns>
    public static IReadOnlyList<SweepPoint> Front(IReadOnlyList<SweepPoint> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        return [.. points
            .Where(point => !points.Any(other => Beats(other, point)))
            .OrderBy(point => point.LatencyMs)
            .ThenBy(point => point.Quality)];
    }

    private static bool Beats(SweepPoint one, SweepPoint other) =>
        one.Quality >= other.Quality
        && one.BytesPerPicture <= other.BytesPerPicture
        && one.LatencyMs <= other.LatencyMs
        && (one.Quality > other.Quality || one.BytesPerPicture < other.BytesPerPicture || one.LatencyMs < other.LatencyMs);
}

namespace Filip.Relevance.Online;

/// <summary>How far an experiment goes; each rung is taken on the evidence of the one before.</summary>
public enum Rung
{
    /// <summary>B is computed beside A and logged.</summary>
    Shadow,

    /// <summary>A share of the sessions gets B.</summary>
    Percentage,

    /// <summary>Pages mix both.</summary>
    Interleave,

    /// <summary>B answers.</summary>
    Full,
}

/// <summary>What was planned for a rung before its events were looked at.</summary>
public sealed record RungPlan
{
    /// <summary>The experiment's name.</summary>
    public required string Experiment { get; init; }

    /// <summary>The rung.</summary>
    public required Rung Rung { get; init; }

    /// <summary>Percentage: B's planned share of the sessions.</summary>
    /// <value>The default is one half; 0 to 1.</value>
    public double Share { get; init; } = 0.5;

    /// <summary>The smallest effect worth finding: a difference in the share of sessions that click, or a preference (−1/2 to 1/2).</summary>
    /// <value>The default is 0.05; above 0, to 0.5.</value>
    public double SmallestEffect { get; init; } = 0.05;

    /// <summary>By how many milliseconds B's 95th percentile may pass A's.</summary>
    /// <value>The default is 50.</value>
    public double LatencyBudgetMs { get; init; } = 50;

    /// <summary>Shadow: searches that B must have answered.</summary>
    /// <value>The default is 200.</value>
    public int ShadowSearches { get; init; } = 200;

    /// <summary>The rung's word in configuration and events.</summary>
    public string Mode => Rung.ToString().ToLowerInvariant();
}

/// <summary>One thing that must hold before the next rung.</summary>
/// <param name="Name"><c>power</c>, <c>ratio</c>, <c>soundness</c>, <c>outcome</c> or <c>latency</c>.</param>
/// <param name="Passed">Whether it holds.</param>
/// <param name="What">The numbers; where it does not hold, what is missing.</param>
public sealed record EvidenceCheck(string Name, bool Passed, string What);

/// <summary>Times of one variant.</summary>
/// <param name="Searches">How many were measured.</param>
/// <param name="P50Ms">Median in milliseconds; null without a search.</param>
/// <param name="P95Ms">95th percentile in milliseconds; null without a search.</param>
public sealed record LatencyUse(int Searches, double? P50Ms, double? P95Ms)
{
    /// <summary>Computes both; a percentile is the smallest time that so many searches do not pass.</summary>
    /// <param name="milliseconds">The times.</param>
    public static LatencyUse Of(IEnumerable<double> milliseconds)
    {
        double[] sorted = [.. milliseconds.Order()];
        return sorted.Length == 0 ? new LatencyUse(0, null, null) : new LatencyUse(sorted.Length, At(0.5), At(0.95));

        double At(double share) => sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
    }
}

/// <summary>What a rung's events say, and whether the next may be taken.</summary>
/// <param name="Rung">The rung.</param>
/// <param name="Answer">Sessions, searches, clicks, preference and sample ratio.</param>
/// <param name="Winner"><c>a</c> or <c>b</c> where the interval of the difference leaves out 0; null else.</param>
/// <param name="LatencyA">A's times.</param>
/// <param name="LatencyB">B's times.</param>
/// <param name="Shadows">Shadow: what became of B's searches.</param>
/// <param name="Uncounted">Pages that do not count, by reason.</param>
/// <param name="StrayClicks">Clicks that belong to no page of the rung.</param>
/// <param name="ForeignLines">Lines of another plan under the same name.</param>
/// <param name="BadLines">Lines that could not be read.</param>
/// <param name="Checks">All that must hold.</param>
public sealed record RungEvidence(
    string Rung,
    EventAnswer Answer,
    string? Winner,
    LatencyUse LatencyA,
    LatencyUse LatencyB,
    ShadowOutcome? Shadows,
    IReadOnlyDictionary<string, int> Uncounted,
    int StrayClicks,
    int ForeignLines,
    int BadLines,
    IReadOnlyList<EvidenceCheck> Checks)
{
    /// <summary>Whether the next rung may be taken; after the last there is none.</summary>
    public bool MayPromote => Checks.Count > 0 && Checks.All(check => check.Passed);
}

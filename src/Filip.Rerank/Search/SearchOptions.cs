namespace Filip.Rerank.Search;

/// <summary>Limits and defaults of the two-stage search.</summary>
public sealed record SearchOptions
{
    /// <summary>Most candidates a request may bring or ask for.</summary>
    /// <value>The default is 1000; 1 to 10,000.</value>
    public int MaxCandidates { get; init; } = 1000;

    /// <summary>Candidates where the request names no number.</summary>
    /// <value>The default is 200; 1 to <see cref="MaxCandidates"/>.</value>
    public int DefaultCandidates { get; init; } = 200;

    /// <summary>Results where the request names no number.</summary>
    /// <value>The default is 10; 1 to <see cref="MaxCandidates"/>.</value>
    public int DefaultTop { get; init; } = 10;

    /// <summary>Longest query in characters (Unicode scalar values).</summary>
    /// <value>The default is 512; 1 to 10,000.</value>
    public int MaxQueryLength { get; init; } = 512;

    /// <summary>Time for an answer where the request names none.</summary>
    /// <value>The default is 250 ms; 1 ms to 60 s.</value>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest wait for the query's encoding and for stage one's candidates, without which there is no order.</summary>
    /// <value>The default is 5 s; 1 ms to 60 s.</value>
    public TimeSpan StageOneTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What becomes of candidates without patches.</summary>
    /// <value>The default is <see cref="Search.MissingPatches.Keep"/>.</value>
    public MissingPatches MissingPatches { get; init; } = MissingPatches.Keep;

    /// <summary>Encoded texts kept, the least recently used going first.</summary>
    /// <value>The default is 4096; 0 (none) to 1,000,000.</value>
    public int TextCacheEntries { get; init; } = 4096;

    /// <summary>Stage-two calls that may be under way at once, those given up at their deadline included; beyond it the recall order answers at once.</summary>
    /// <value>The default is 64; 1 to 10,000.</value>
    public int MaxStageTwoInFlight { get; init; } = 64;

    /// <summary>Threads that score one request's candidates.</summary>
    /// <value>The default is half the processors, at least 1: many requests run at once. 1 to 1,024.</value>
    public int ScoringThreads { get; init; } = Math.Clamp(Environment.ProcessorCount / 2, 1, 1024);

    /// <summary>Whether stage one is asked for the candidates' patch records too, from a source that can bring them in one round trip.</summary>
    /// <remarks>For a distant index. The deadline is looked at after both have come, so a slow transfer delays the recall order too; and records kept in a cache are not used.</remarks>
    public bool OneRoundTrip { get; init; }

    /// <summary>Refuses values outside the ranges above.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the option, its value and its range.</exception>
    public void Validate()
    {
        RequireRange(nameof(MaxCandidates), MaxCandidates, 1, 10_000);
        RequireRange(nameof(DefaultCandidates), DefaultCandidates, 1, MaxCandidates);
        RequireRange(nameof(DefaultTop), DefaultTop, 1, MaxCandidates);
        RequireRange(nameof(MaxQueryLength), MaxQueryLength, 1, 10_000);
        RequireRange(nameof(Deadline), Deadline.TotalMilliseconds, 1, 60_000);
        RequireRange(nameof(StageOneTimeout), StageOneTimeout.TotalMilliseconds, 1, 60_000);
        RequireRange(nameof(TextCacheEntries), TextCacheEntries, 0, 1_000_000);
        RequireRange(nameof(MaxStageTwoInFlight), MaxStageTwoInFlight, 1, 10_000);
        RequireRange(nameof(ScoringThreads), ScoringThreads, 1, 1024);
        if (!Enum.IsDefined(MissingPatches))
        {
            throw new ArgumentOutOfRangeException(nameof(MissingPatches), MissingPatches, "Expected Keep, Drop or Error.");
        }
    }

    internal static void RequireRange(string option, double value, double low, double high)
    {
        if (!(value >= low && value <= high))
        {
            throw new ArgumentOutOfRangeException(option, value, $"{option} is {value}; expected {low} to {high}.");
        }
    }
}

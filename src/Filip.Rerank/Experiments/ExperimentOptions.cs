using Filip.Rerank.Search;

namespace Filip.Rerank.Experiments;

/// <summary>How far an experiment goes. Each rung risks more of the page than the one before.</summary>
public enum ExperimentMode
{
    /// <summary>A answers; B is computed beside it and logged.</summary>
    Shadow,

    /// <summary>A share of the sessions gets B.</summary>
    Percentage,

    /// <summary>Every page mixes both, each picture credited to whoever picked it.</summary>
    Interleave,

    /// <summary>B answers.</summary>
    Full,
}

/// <summary>An experiment that the service runs.</summary>
public sealed record ExperimentOptions
{
    /// <summary>Longest name.</summary>
    public const int LongestName = 64;

    /// <summary>The experiment's name, its id in events: letters, digits, <c>-</c>, <c>_</c> and <c>.</c>.</summary>
    public required string Name { get; init; }

    /// <summary>How far it goes.</summary>
    public required ExperimentMode Mode { get; init; }

    /// <summary>What is served today.</summary>
    public required ExperimentVariant A { get; init; }

    /// <summary>What may be served tomorrow.</summary>
    public required ExperimentVariant B { get; init; }

    /// <summary>What was planned, in words or a hash; every line of the service carries it, so that a changed plan's lines are told apart.</summary>
    public required string Plan { get; init; }

    /// <summary>Who gets which.</summary>
    public required IExperimentPolicy Policy { get; init; }

    /// <summary>Opens the stream that event lines are appended to; called again after a failure.</summary>
    public required Func<Stream> OpenEvents { get; init; }

    /// <summary>While this file exists, A is served to all.</summary>
    public string? KillFile { get; init; }

    /// <summary>Shadow searches computed at the same time.</summary>
    /// <value>The default is 1; 1 to 64.</value>
    public int ShadowWorkers { get; init; } = 1;

    /// <summary>Shadow searches that may wait; more are dropped and counted.</summary>
    /// <value>The default is 16; 1 to 10,000.</value>
    public int ShadowQueue { get; init; } = 16;

    /// <summary>Interleaved windows remembered, so that later pages are cut from the same one without asking both variants again.</summary>
    /// <value>The default is 256; 1 to 100,000.</value>
    public int RememberedWindows { get; init; } = 256;

    /// <summary>Events that one request may bring.</summary>
    /// <value>The default is 500; 1 to 10,000.</value>
    public int MaxEvents { get; init; } = 500;

    /// <summary>The mode's word in configuration, answers and events.</summary>
    public string ModeName => Mode.ToString().ToLowerInvariant();

    /// <summary>Whether a name may be an experiment's.</summary>
    /// <param name="name">The name.</param>
    public static bool IsName(string? name) =>
        name is { Length: > 0 and <= LongestName } && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    /// <summary>Refuses values outside the ranges above.</summary>
    /// <exception cref="ArgumentException">Names the option, its value and what is expected.</exception>
    public void Validate()
    {
        if (!IsName(Name))
        {
            throw new ArgumentException(
                $"The experiment's name is '{Name}'; expected 1 to {LongestName} letters, digits, '-', '_' or '.'.", nameof(Name));
        }

        if (!Enum.IsDefined(Mode))
        {
            throw new ArgumentException($"The experiment's mode is {Mode}; expected shadow, percentage, interleave or full.", nameof(Mode));
        }

        SearchOptions.RequireRange(nameof(ShadowWorkers), ShadowWorkers, 1, 64);
        SearchOptions.RequireRange(nameof(ShadowQueue), ShadowQueue, 1, 10_000);
        SearchOptions.RequireRange(nameof(RememberedWindows), RememberedWindows, 1, 100_000);
        SearchOptions.RequireRange(nameof(MaxEvents), MaxEvents, 1, 10_000);
    }
}

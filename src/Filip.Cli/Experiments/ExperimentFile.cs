using System.Text.Json;
using System.Text.Json.Serialization;

namespace Filip.Cli.Experiments;

/// <summary>The configuration of an experiment as its file says it.</summary>
/// <remarks>Paths in it start from the file's own folder. A member that nobody knows is refused: a misspelt one would be a silent default.</remarks>
internal sealed record ExperimentFile
{
    /// <summary>The experiment's name.</summary>
    public string? Name { get; init; }

    /// <summary>shadow, percentage, interleave or full.</summary>
    public string? Mode { get; init; }

    /// <summary>What is served today.</summary>
    public string? A { get; init; }

    /// <summary>What may be served tomorrow.</summary>
    public string? B { get; init; }

    /// <summary>B's share of the sessions; default one half.</summary>
    public double? Share { get; init; }

    /// <summary>Another seed draws other sessions; default none.</summary>
    public long? Seed { get; init; }

    /// <summary>While this file exists, A is served to all; default the configuration's own name with <c>.kill</c>.</summary>
    public string? KillFile { get; init; }

    /// <summary>Where events are appended.</summary>
    public string? Events { get; init; }

    /// <summary>The evidence of the rung before, as <c>filip experiment promote</c> wrote it.</summary>
    public string? Evidence { get; init; }

    /// <summary>The smallest effect worth finding; default 0.05.</summary>
    public double? SmallestEffect { get; init; }

    /// <summary>By how many milliseconds B's 95th percentile may pass A's; default 50.</summary>
    public double? LatencyBudgetMs { get; init; }

    /// <summary>Searches that B must have answered in the shadow; default 200.</summary>
    public int? ShadowSearches { get; init; }
}

/// <summary>Evidence of a rung, written once, when the next was taken.</summary>
/// <param name="Name">The experiment.</param>
/// <param name="Rung">The rung it is of.</param>
/// <param name="A">A's spec.</param>
/// <param name="B">B's spec.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Taken">When.</param>
/// <param name="ConfigurationSha256">Hash of the rung's configuration.</param>
/// <param name="EventsSha256">Hash of its event file, as it was then.</param>
/// <param name="Evidence">What it said.</param>
internal sealed record EvidenceFile(
    string Name, string Rung, string A, string B, long? Seed, DateTimeOffset Taken, string ConfigurationSha256, string EventsSha256,
    Relevance.Online.RungEvidence Evidence);

/// <summary>What <c>filip experiment status --output json</c> answers.</summary>
/// <param name="Name">The experiment.</param>
/// <param name="Mode">Its rung.</param>
/// <param name="A">A's spec.</param>
/// <param name="B">B's spec.</param>
/// <param name="Next">The next rung; null after the last.</param>
/// <param name="Evidence">What the events say.</param>
internal sealed record StatusAnswer(
    string Name, string Mode, string A, string B, string? Next, Relevance.Online.RungEvidence Evidence);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    WriteIndented = true)]
[JsonSerializable(typeof(ExperimentFile))]
[JsonSerializable(typeof(EvidenceFile))]
[JsonSerializable(typeof(StatusAnswer))]
internal sealed partial class ExperimentJson : JsonSerializerContext;

/// <summary>Evidence and status are written on one line too; evidence of a later version may say more.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EvidenceFile))]
[JsonSerializable(typeof(StatusAnswer))]
internal sealed partial class EvidenceJson : JsonSerializerContext;

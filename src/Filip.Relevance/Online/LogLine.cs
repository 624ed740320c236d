using System.Text.Json.Serialization;

namespace Filip.Relevance.Online;

/// <summary>A line of a service's event file: UBI's members, and the service's own under <c>event_attributes.experiment</c>.</summary>
internal sealed record LogLine(
    string? ActionName, string? QueryId, string? ClientId, string? SessionId, DateTimeOffset? Timestamp, LogAttributes? EventAttributes)
{
    public string? Session => ClientId ?? SessionId;

    public InteractionEvent ToEvent(string? experiment, string? variant, Credit? credit) => new(
        ActionName ?? "",
        QueryId!,
        Session!,
        experiment,
        variant,
        EventAttributes?.Object?.ObjectId,
        EventAttributes?.Position?.Ordinal,
        credit,
        Timestamp ?? DateTimeOffset.UnixEpoch);
}

internal sealed record LogAttributes(EventObject? Object, EventPosition? Position, LogExperiment? Experiment);

internal sealed record LogExperiment
{
    public string? Id { get; init; }

    public string? Mode { get; init; }

    public string? Plan { get; init; }

    public string? Variant { get; init; }

    public string? Uncounted { get; init; }

    public int? From { get; init; }

    public IReadOnlyList<string>? Shown { get; init; }

    public IReadOnlyList<string>? Teams { get; init; }

    public double? TookMs { get; init; }

    public string? Degraded { get; init; }

    public double? AMs { get; init; }

    public double? BMs { get; init; }

    public double? Overlap { get; init; }

    public string? Outcome { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LogLine))]
internal sealed partial class LogLineJsonContext : JsonSerializerContext;

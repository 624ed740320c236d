using System.Text.Json;
using System.Text.Json.Serialization;

namespace Filip.Rerank.Experiments;

/// <summary>A line that the service itself writes: a page it showed, or a shadow search, in UBI's field names.</summary>
/// <param name="ActionName"><c>impression</c> or <c>shadow</c>.</param>
/// <param name="QueryId">The search.</param>
/// <param name="ClientId">The session.</param>
/// <param name="Timestamp">When.</param>
/// <param name="EventAttributes">What UBI leaves to us.</param>
internal sealed record EventRecord(
    string ActionName, string QueryId, string ClientId, DateTimeOffset Timestamp, EventRecordAttributes EventAttributes)
{
    /// <summary>A page that was shown.</summary>
    public const string Impression = "impression";

    /// <summary>B's answer, which nobody saw.</summary>
    public const string Shadow = "shadow";

    /// <summary>Who a shadow record without a session belongs to.</summary>
    public const string Nobody = "anonymous";

    /// <summary>UBI's name of who writes.</summary>
    public string Application { get; init; } = "filip";

    /// <summary>The record as a line with its end.</summary>
    public byte[] ToLine() => [.. JsonSerializer.SerializeToUtf8Bytes(this, EventRecordJson.Default.EventRecord), (byte)'\n'];
}

/// <summary>UBI's attributes.</summary>
/// <param name="Experiment">The service's own; what callers send under this name is not kept.</param>
internal sealed record EventRecordAttributes(ExperimentRecord Experiment);

/// <summary>What an experiment's analysis reads. The query's text is not in it.</summary>
internal sealed record ExperimentRecord
{
    /// <summary>The experiment's name.</summary>
    public required string Id { get; init; }

    /// <summary>Its mode.</summary>
    public required string Mode { get; init; }

    /// <summary>What was planned.</summary>
    public required string Plan { get; init; }

    /// <summary>The variant shown; null where both were mixed.</summary>
    public string? Variant { get; init; }

    /// <summary>Why it does not count; null where it does.</summary>
    public string? Uncounted { get; init; }

    /// <summary>How many of the best the page passes over.</summary>
    public int? From { get; init; }

    /// <summary>The pictures shown, in order.</summary>
    public IReadOnlyList<string>? Shown { get; init; }

    /// <summary>Who is credited with each of <see cref="Shown"/>; null where nothing was mixed.</summary>
    public IReadOnlyList<string>? Teams { get; init; }

    /// <summary>Milliseconds of the page.</summary>
    public double? TookMs { get; init; }

    /// <summary>Why the order was a lesser one.</summary>
    public string? Degraded { get; init; }

    /// <summary>Milliseconds of A, where both were computed.</summary>
    public double? AMs { get; init; }

    /// <summary>Milliseconds of B, where both were computed.</summary>
    public double? BMs { get; init; }

    /// <summary>Shadow: A's page.</summary>
    public IReadOnlyList<string>? A { get; init; }

    /// <summary>Shadow: B's page.</summary>
    public IReadOnlyList<string>? B { get; init; }

    /// <summary>Shadow: the share of A's page that is on B's too.</summary>
    public double? Overlap { get; init; }

    /// <summary>Shadow: what became of it, <c>done</c>, <c>degraded</c>, <c>failed</c> or <c>dropped</c>.</summary>
    public string? Outcome { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EventRecord))]
internal sealed partial class EventRecordJson : JsonSerializerContext;

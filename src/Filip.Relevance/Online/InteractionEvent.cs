using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Filip.Relevance.Files;

namespace Filip.Relevance.Online;

/// <summary>Something a user did, or was shown, in an experiment.</summary>
/// <param name="Action">UBI's <c>action_name</c>: <c>impression</c> for a page shown, <c>click</c> for a result taken, or another.</param>
/// <param name="QueryId">UBI's <c>query_id</c>: the search it belongs to.</param>
/// <param name="Session">UBI's <c>client_id</c> (or <c>session_id</c>): who.</param>
/// <param name="Experiment">The experiment's id, null outside of one.</param>
/// <param name="Variant">The variant that was served, null where answers were interleaved.</param>
/// <param name="ObjectId">The document, null for an impression.</param>
/// <param name="Position">Its place in the answer, from 1; null where it is not known.</param>
/// <param name="Credit">Who drafted the document, null where answers were not interleaved.</param>
/// <param name="Timestamp">When.</param>
public sealed record InteractionEvent(
    string Action,
    string QueryId,
    string Session,
    string? Experiment,
    string? Variant,
    string? ObjectId,
    int? Position,
    Credit? Credit,
    DateTimeOffset Timestamp);

/// <summary>Events as JSON lines in UBI's field names.</summary>
/// <remarks>
/// <c>{"action_name","query_id","client_id","timestamp","event_attributes":{"object":{"object_id"},"position":{"ordinal"},
/// "experiment":{"id","variant","team"}}}</c>; team is <c>a</c>, <c>b</c> or <c>both</c>.
/// </remarks>
public static class EventFile
{
    /// <summary>Reads events.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="RelevanceFileException">A line is no event.</exception>
    public static IReadOnlyList<InteractionEvent> Read(string path) => Parse(File.ReadAllBytes(path), path);

    /// <summary>Reads events from bytes.</summary>
    /// <param name="bytes">The file's bytes, UTF-8.</param>
    /// <param name="name">What the file is called in error messages.</param>
    /// <exception cref="RelevanceFileException">A line is no event, or there is none.</exception>
    public static IReadOnlyList<InteractionEvent> Parse(ReadOnlyMemory<byte> bytes, string name)
    {
        var problems = new ProblemList(name);
        var events = new List<InteractionEvent>();
        foreach (var (number, record) in JsonLines.Of(bytes, problems))
        {
            try
            {
                var one = record.Deserialize(EventJsonContext.Default.EventLine)!;
                if (Problem(one) is { } problem)
                {
                    problems.Add(number, problem);
                }
                else
                {
                    events.Add(one.ToEvent());
                }
            }
            catch (JsonException error)
            {
                problems.Add(number, $"No event: {error.Message}");
            }
        }

        if (events.Count == 0)
        {
            problems.Add(1, "The file holds no event.");
        }

        problems.ThrowIfAny();
        return events;
    }

    /// <summary>An event as one line, without the line end.</summary>
    /// <param name="one">The event.</param>
    public static string Line(InteractionEvent one)
    {
        ArgumentNullException.ThrowIfNull(one);
        return JsonSerializer.Serialize(EventLine.Of(one), EventJsonContext.Default.EventLine);
    }

    private static string? Problem(EventLine line) =>
        string.IsNullOrEmpty(line.ActionName) || string.IsNullOrEmpty(line.QueryId)
            ? "action_name or query_id is missing."
            : string.IsNullOrEmpty(line.ClientId ?? line.SessionId)
                ? "client_id is missing; without it an event belongs to nobody."
                : line.EventAttributes?.Experiment?.Team is { } team && EventLine.CreditOf(team) is null
                    ? $"The team '{team}' is none of a, b, both."
                    : null;
}

internal sealed record EventLine(
    string? ActionName, string? QueryId, string? ClientId, string? SessionId, DateTimeOffset? Timestamp, EventAttributes? EventAttributes)
{
    public static EventLine Of(InteractionEvent one) => new(
        one.Action, one.QueryId, one.Session, null, one.Timestamp, new EventAttributes(
            one.ObjectId is null ? null : new EventObject(one.ObjectId),
            one.Position is { } place ? new EventPosition(place) : null,
            one.Experiment is null
                ? null
                : new EventExperiment(one.Experiment, one.Variant, one.Credit?.ToString().ToLowerInvariant())));

    public static Credit? CreditOf(string? team) => team?.ToLower(CultureInfo.InvariantCulture) switch
    {
        "a" => Credit.A,
        "b" => Credit.B,
        "both" => Credit.Both,
        _ => null,
    };

    public InteractionEvent ToEvent() => new(
        ActionName!,
        QueryId!,
        (ClientId ?? SessionId)!,
        EventAttributes?.Experiment?.Id,
        EventAttributes?.Experiment?.Variant,
        EventAttributes?.Object?.ObjectId,
        EventAttributes?.Position?.Ordinal,
        CreditOf(EventAttributes?.Experiment?.Team),
        Timestamp ?? DateTimeOffset.UnixEpoch);
}

internal sealed record EventAttributes(EventObject? Object, EventPosition? Position, EventExperiment? Experiment);

internal sealed record EventObject(string? ObjectId);

internal sealed record EventPosition(int? Ordinal);

internal sealed record EventExperiment(string? Id, string? Variant, string? Team);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EventLine))]
internal sealed partial class EventJsonContext : JsonSerializerContext;

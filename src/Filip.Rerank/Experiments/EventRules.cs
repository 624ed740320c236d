using System.Text.Json;
using Filip.Rerank.Search;
using Filip.Rerank.Service;
using Microsoft.AspNetCore.Http;

namespace Filip.Rerank.Experiments;

/// <summary>What an event must hold to be kept, in UBI's field names.</summary>
/// <remarks>Members that UBI or the caller adds are kept as they are; those that the analysis reads must be of their type.</remarks>
internal static class EventRules
{
    private const string Click = "click";
    private const int LongestName = 128;
    private const int LongestObjectId = 1024;
    private const int LongestEvent = 16 * 1024;

    /// <summary>Refuses an event, naming its place and its member.</summary>
    /// <param name="one">The event.</param>
    /// <param name="index">Its place in the request, from 0.</param>
    /// <exception cref="RequestRefusedException">422.</exception>
    public static void Require(JsonElement one, int index)
    {
        if (one.ValueKind != JsonValueKind.Object)
        {
            throw Refuse(index, null, "is no object");
        }

        if (one.GetRawText().Length > LongestEvent)
        {
            throw Refuse(index, null, $"has more than {LongestEvent} characters");
        }

        var action = RequireText(one, index, "action_name", LongestName, needed: true);
        RequireText(one, index, "query_id", LongestName, needed: true);
        var client = RequireText(one, index, "client_id", LongestName, needed: false);
        var session = RequireText(one, index, "session_id", LongestName, needed: false);
        if ((client ?? session) is null)
        {
            throw Refuse(index, "client_id", "is missing; send the session's id there, or as session_id");
        }

        RequireText(one, index, "application", LongestName, needed: false);
        if (one.TryGetProperty("timestamp", out var time) && time.ValueKind != JsonValueKind.Null
            && (time.ValueKind != JsonValueKind.String || !time.TryGetDateTimeOffset(out _)))
        {
            throw Refuse(index, "timestamp", "is no ISO 8601 time such as 2026-05-01T10:00:00Z");
        }

        RequireAttributes(one, index, needsObject: string.Equals(action, Click, StringComparison.Ordinal));
    }

    private static void RequireAttributes(JsonElement one, int index, bool needsObject)
    {
        var attributes = Member(one, index, "event_attributes", "event_attributes");
        var target = attributes is { } of ? Member(of, index, "object", "event_attributes.object") : null;
        var id = target is { } named ? RequireText(named, index, "object_id", LongestObjectId, needed: false, "event_attributes.object.") : null;
        if (needsObject && id is null)
        {
            throw Refuse(index, "event_attributes.object.object_id", "is missing; a click names the picture that was clicked");
        }

        var position = attributes is { } at ? Member(at, index, "position", "event_attributes.position") : null;
        if (position is { } place && place.TryGetProperty("ordinal", out var ordinal) && ordinal.ValueKind != JsonValueKind.Null
            && (ordinal.ValueKind != JsonValueKind.Number || !ordinal.TryGetInt32(out var number) || number < 0))
        {
            throw Refuse(index, "event_attributes.position.ordinal", "is no place, a whole number from 0");
        }
    }

    private static JsonElement? Member(JsonElement of, int index, string name, string path)
    {
        if (!of.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Object ? value : throw Refuse(index, path, "is no object");
    }

    private static string? RequireText(JsonElement one, int index, string name, int longest, bool needed, string path = "")
    {
        if (!one.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return needed ? throw Refuse(index, path + name, "is missing") : null;
        }

        return value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text && text.Length <= longest
            ? text
            : throw Refuse(index, path + name, $"is no text of 1 to {longest} characters");
    }

    private static RequestRefusedException Refuse(int index, string? member, string what)
    {
        var field = member is null ? $"[{index}]" : $"[{index}].{member}";
        return new RequestRefusedException(
            StatusCodes.Status422UnprocessableEntity, RefusalCodes.InvalidValue,
            $"Event {index} (counted from 0) was refused, and none of the request was kept: {member ?? "it"} {what}.", field);
    }
}

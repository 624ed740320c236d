using System.Text.Json;
using Filip.Rerank.Search;
using Filip.Rerank.Service;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Filip.Rerank.Experiments;

/// <summary>One event or a list of them, in UBI's field names.</summary>
/// <param name="Events">The events; a bare event, or a bare list of them, is taken too.</param>
internal sealed record EventsBody(IReadOnlyList<JsonElement> Events);

/// <summary>Answer of <c>POST /v1/events</c>.</summary>
/// <param name="Accepted">Events that are on the disk now.</param>
internal sealed record EventsAnswer(int Accepted);

/// <summary><c>POST /v1/events</c>: clicks and views of an experiment's pages.</summary>
/// <remarks>All events of a request are kept, or none. When the answer is 200 they are on the disk.</remarks>
internal static class EventsEndpoint
{
    private const string Events = "events";
    private const string Attributes = "event_attributes";
    private const string Own = "experiment";

    /// <summary>Maps the route.</summary>
    public static IEndpointRouteBuilder MapEvents(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/events", HandleAsync)
            .Describe<EventsBody, EventsAnswer>("events", "Takes clicks and views of an experiment's pages, in UBI's field names.");
        return routes;
    }

    private static async Task HandleAsync(HttpContext context, RequestDesk desk, ExperimentDesk experiments)
    {
        var body = await BodyReader.ReadAsync(context, desk.Options.MaxBodyBytes).ConfigureAwait(false);
        var running = experiments.Running ?? throw new RequestRefusedException(
            StatusCodes.Status404NotFound, ServiceCodes.NoExperiment,
            "This service runs no experiment, so there is nothing these events belong to. Start it with --experiment FILE.");
        using var document = BodyReader.ParseDocument(body);
        var events = EventsOf(document.RootElement);
        if (events.Count == 0 || events.Count > running.Options.MaxEvents)
        {
            throw new SearchRefusedException(
                RefusalCodes.InvalidValue, $"The request brings {events.Count} events; send 1 to {running.Options.MaxEvents}.", Events);
        }

        for (var i = 0; i < events.Count; i++)
        {
            EventRules.Require(events[i], i);
        }

        if (!await running.Events.AppendAsync(Lines(events), events.Count, context.RequestAborted).ConfigureAwait(false))
        {
            context.Response.Headers.RetryAfter = "5";
            throw new RequestRefusedException(
                StatusCodes.Status503ServiceUnavailable, ServiceCodes.EventsUnavailable,
                "The events could not be written and are lost unless they are sent again; the log says why.");
        }

        ExperimentTelemetry.Events(events.Count);
        var answer = JsonSerializer.SerializeToUtf8Bytes(new EventsAnswer(events.Count), ServiceJson.Default.EventsAnswer);
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = answer.Length;
        await context.Response.Body.WriteAsync(answer, context.RequestAborted).ConfigureAwait(false);
    }

    private static List<JsonElement> EventsOf(JsonElement root) => root.ValueKind switch
    {
        JsonValueKind.Array => [.. root.EnumerateArray()],
        JsonValueKind.Object when root.TryGetProperty(Events, out var list) => list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray()]
            : throw BodyReader.Refuse(RefusalCodes.InvalidValue, "'events' is no list.", Events),
        JsonValueKind.Object => [root],
        _ => throw BodyReader.Refuse(ServiceCodes.MalformedJson, "The body is neither an event nor a list of events."),
    };

    private static byte[] Lines(List<JsonElement> events)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var lines = new MemoryStream();
        foreach (var one in events)
        {
            using (var json = new Utf8JsonWriter(lines))
            {
                WriteEvent(json, one, now);
            }

            lines.WriteByte((byte)'\n');
        }

        return lines.ToArray();
    }

    private static void WriteEvent(Utf8JsonWriter json, JsonElement one, DateTimeOffset now)
    {
        json.WriteStartObject();
        foreach (var member in one.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Null)
            {
                continue;
            }

            if (member.NameEquals(Attributes))
            {
                WriteAttributes(json, member.Value);
            }
            else
            {
                member.WriteTo(json);
            }
        }

        if (!one.TryGetProperty("timestamp", out var time) || time.ValueKind == JsonValueKind.Null)
        {
            json.WriteString("timestamp", now);
        }

        json.WriteEndObject();
    }

    /// <summary>Who is credited is ours to say: a caller's claim to it is not kept.</summary>
    private static void WriteAttributes(Utf8JsonWriter json, JsonElement attributes)
    {
        json.WriteStartObject(Attributes);
        foreach (var member in attributes.EnumerateObject())
        {
            if (!member.NameEquals(Own))
            {
                member.WriteTo(json);
            }
        }

        json.WriteEndObject();
    }
}

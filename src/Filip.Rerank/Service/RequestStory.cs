using Filip.Rerank.Search;
using Microsoft.AspNetCore.Http;

namespace Filip.Rerank.Service;

/// <summary>What a request's one log line tells.</summary>
internal sealed class RequestStory
{
    private static readonly object s_key = new();

    /// <summary>The request's id.</summary>
    public required string Id { get; init; }

    /// <summary>Code of the problem that was answered, or null.</summary>
    public string? Code { get; set; }

    /// <summary>The answer, or null.</summary>
    public SearchAnswer? Answer { get; set; }

    /// <summary>The story of this request.</summary>
    public static RequestStory Of(HttpContext context) => (RequestStory)context.Items[s_key]!;

    /// <summary>Begins the story, with the caller's id where it is one, else the trace's.</summary>
    public static RequestStory Begin(HttpContext context)
    {
        var given = context.Request.Headers["X-Request-Id"].ToString();
        var story = new RequestStory
        {
            Id = IsPlain(given) ? given
                : System.Diagnostics.Activity.Current?.TraceId.ToHexString() ?? Guid.NewGuid().ToString("N"),
        };
        context.Items[s_key] = story;
        return story;
    }

    // What a caller sends goes into a header and into the log: plain characters only, and not many.
    private static bool IsPlain(string id) =>
        id.Length is > 0 and <= 128 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}

using Filip.Rerank.Search;
using Microsoft.AspNetCore.Http;

namespace Filip.Rerank.Experiments;

/// <summary>What a request says for the experiment: who searches, and which variant is wanted.</summary>
/// <param name="Session">Who; null where the request does not say.</param>
/// <param name="Forced"><c>a</c> or <c>b</c>; null where the experiment decides.</param>
/// <param name="Takes">Whether the experiment may touch the request at all.</param>
internal sealed record Trial(string? Session, string? Forced, bool Takes)
{
    /// <summary>Header that names the session.</summary>
    public const string SessionHeader = "X-Filip-Session";

    /// <summary>Header that forces a variant, and says in the answer which was served.</summary>
    public const string VariantHeader = "X-Filip-Variant";

    private const int LongestSession = 128;

    /// <summary>Reads the headers and the body's session.</summary>
    /// <param name="context">The request.</param>
    /// <param name="session">The body's session, which goes before the header's.</param>
    /// <param name="takes">Whether the experiment may touch the request: a search by text that names no stages of its own.</param>
    /// <exception cref="SearchRefusedException">A session or variant that cannot be one.</exception>
    public static Trial Read(HttpContext context, string? session, bool takes)
    {
        var who = session ?? Header(context, SessionHeader);
        if (who is not null && (who.Length is 0 or > LongestSession || who.Any(char.IsControl)))
        {
            throw new SearchRefusedException(
                RefusalCodes.InvalidValue,
                $"The session has {who.Length} characters; expected 1 to {LongestSession} without control characters.", "session");
        }

        var forced = Header(context, VariantHeader)?.ToLowerInvariant();
        return forced is null or Teams.A or Teams.B
            ? new Trial(who, forced, takes)
            : throw new SearchRefusedException(
                RefusalCodes.InvalidValue, $"{VariantHeader} is '{forced}'; expected a or b, or no such header.", VariantHeader);
    }

    private static string? Header(HttpContext context, string name) =>
        context.Request.Headers.TryGetValue(name, out var value) ? value.ToString() : null;
}

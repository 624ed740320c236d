using System.Text.Json.Serialization;
using Filip.Rerank.Search;
using Filip.Rerank.Service;

namespace Filip.Rerank.DropIn;

/// <summary>The member <c>filip</c> of a search body.</summary>
internal sealed record FilipMember
{
    /// <summary>The text that the window is re-scored against.</summary>
    public string? Query { get; init; }

    /// <summary>How many of Elasticsearch's first hits are re-scored.</summary>
    public int? Window { get; init; }

    /// <summary><c>rerank</c>, or <c>recall</c> for Elasticsearch's own order.</summary>
    public string? Mode { get; init; }

    /// <summary>Milliseconds for the whole answer; where they are over, Elasticsearch's own order stands.</summary>
    public int? DeadlineMs { get; init; }

    /// <summary>Reads and checks the member.</summary>
    /// <exception cref="RequestRefusedException">400: it is written twice, or is not what it should be.</exception>
    /// <exception cref="SearchRefusedException">422: a value is out of range.</exception>
    public static FilipMember Read(CallerBody body, SearchOptions limits)
    {
        if (body.Mentions > 1)
        {
            throw BodyReader.Refuse(ServiceCodes.MalformedJson, "'filip' stands in the body twice; send it once.", CallerBody.MemberName);
        }

        if (body.Filip.Span[0] != (byte)'{')
        {
            throw BodyReader.Refuse(
                RefusalCodes.InvalidValue, "'filip' is no object; expected {\"query\": …, \"window\": 200}.", CallerBody.MemberName);
        }

        FilipMember member;
        try
        {
            member = BodyReader.Parse(body.Filip, DropInJson.Default.FilipMember);
        }
        catch (RequestRefusedException fault)
        {
            var field = fault.Field is null ? CallerBody.MemberName : $"{CallerBody.MemberName}.{fault.Field}";
            throw new RequestRefusedException(fault.Status, fault.Code, $"In 'filip': {fault.Message}", field);
        }

        if (member.Query is null)
        {
            throw BodyReader.Missing("filip.query", "the text that the window is re-scored against");
        }

        if (member.Mode is not (null or "rerank" or "recall"))
        {
            throw BodyReader.Refuse(RefusalCodes.InvalidValue, "'filip.mode' is neither rerank nor recall.", "filip.mode");
        }

        if (member.Window is { } window && (window < 1 || window > limits.MaxCandidates))
        {
            throw new SearchRefusedException(
                window < 1 ? RefusalCodes.InvalidValue : RefusalCodes.TooManyCandidates,
                $"'filip.window' is {window}; expected 1 to {limits.MaxCandidates}.", "filip.window");
        }

        return member;
    }
}

/// <summary>What <c>ext.filip</c> of an answer tells.</summary>
/// <param name="Degraded">Whether the order is a lesser one than was asked for.</param>
/// <param name="Reason">Why nothing, or not all, was re-scored; one of the search's reasons or of <see cref="DropInReasons"/>.</param>
/// <param name="Window">How many hits the window held.</param>
/// <param name="Reranked">How many of them have a late-interaction score.</param>
/// <param name="TimingsMs">Milliseconds by stage.</param>
internal sealed record FilipNote(bool Degraded, string? Reason, int Window, int Reranked, StageTimings TimingsMs);

/// <summary>The stable words of <c>ext.filip.reason</c> beside <see cref="DegradedReasons"/>.</summary>
public static class DropInReasons
{
    /// <summary>The search is sorted by something else than its score, and keeps that order.</summary>
    public const string Sort = "sort";

    /// <summary>A scroll reads everything; it has no first page to re-rank.</summary>
    public const string Scroll = "scroll";

    /// <summary>The page is found by sort values, which a new order does not keep.</summary>
    public const string SearchAfter = "search_after";

    /// <summary>No hits were asked for.</summary>
    public const string NoHits = "no_hits";

    /// <summary><c>from</c> or <c>size</c> is nothing that can be counted with.</summary>
    public const string FromSize = "from_size";

    /// <summary>The page begins behind the window.</summary>
    public const string PastWindow = "past_window";

    /// <summary>The caller asked for stage one alone.</summary>
    public const string Recall = "recall";

    /// <summary>The model's scoring contract compares pooled vectors, which stage one has done.</summary>
    public const string Contract = "contract";

    /// <summary>Elasticsearch takes the search, but not with as many hits as the window has.</summary>
    public const string WindowRefused = "window_refused";

    /// <summary>The hits come without <c>_id</c> or <c>_index</c>.</summary>
    public const string NoIds = "no_ids";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    ReadCommentHandling = System.Text.Json.JsonCommentHandling.Skip,
    MaxDepth = BodyReader.MaxDepth)]
[JsonSerializable(typeof(FilipMember))]
[JsonSerializable(typeof(FilipNote))]
internal sealed partial class DropInJson : JsonSerializerContext;

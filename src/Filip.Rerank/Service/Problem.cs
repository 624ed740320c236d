using Filip.Embeddings;
using Filip.Rerank.Search;
using Microsoft.AspNetCore.Http;

namespace Filip.Rerank.Service;

/// <summary>An error as RFC 9457 writes it, with a stable code.</summary>
/// <param name="Type">A name for the kind of error.</param>
/// <param name="Title">The kind of error, for people.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What was found, what was expected, what to do.</param>
/// <param name="Code">Stable code.</param>
/// <param name="Field">The member of the request at fault.</param>
/// <param name="RequestId">The request's id, as in the log.</param>
internal sealed record Problem(
    string Type, string Title, int Status, string? Detail, string Code, string? Field, string? RequestId)
{
    /// <summary>The media type of problems.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>A problem of this code.</summary>
    public static Problem Of(int status, string code, string? detail, string? field = null) => new(
        "urn:filip:problem:" + code.ToLowerInvariant().Replace('_', '-'), Titles.GetValueOrDefault(code, code), status, detail, code, field, null);

    /// <summary>What becomes of an exception at the boundary; null where it is a fault of our own.</summary>
    public static Problem? From(Exception exception) => exception switch
    {
        RequestRefusedException refused => Of(refused.Status, refused.Code, refused.Message, refused.Field),
        SearchRefusedException refused => Of(StatusOf(refused.Code), refused.Code, refused.Message, refused.Field),
        StampMismatchException mismatch => Of(503, ServiceCodes.ModelMismatch, mismatch.Message),
        StageOneUnavailableException { InnerException: Recall.IndexNotFoundException missing } =>
            Of(503, ServiceCodes.IndexNotFound, missing.Message),
        StageOneUnavailableException down => Of(503, ServiceCodes.RecallUnavailable, down.Message),
        PatchesUnavailableException down => Of(503, ServiceCodes.PatchesUnavailable, down.Message),
        BadHttpRequestException { StatusCode: 413 } => Of(413, ServiceCodes.BodyTooLarge, "The body is larger than this route takes; see limits in /info."),
        BadHttpRequestException bad => Of(
            bad.StatusCode is >= 400 and < 500 ? bad.StatusCode : 400, ServiceCodes.BadRequest, bad.Message),
        _ => null,
    };

    /// <summary>A problem for a status that came without a body, such as an unknown route.</summary>
    public static Problem FromStatus(int status, HttpRequest request) => status switch
    {
        404 => Of(404, ServiceCodes.NotFound, $"There is no {request.Path} here; /openapi/v1.json lists what there is."),
        405 => Of(405, ServiceCodes.MethodNotAllowed, $"{request.Path} does not take {request.Method}; the Allow header says what it takes."),
        _ => Of(status, status >= 500 ? ServiceCodes.Internal : ServiceCodes.BadRequest, null),
    };

    private static int StatusOf(string code) => code switch
    {
        RefusalCodes.PictureNotFound => 404,
        _ => 422,
    };

    private static Dictionary<string, string> Titles { get; } = new()
    {
        [RefusalCodes.EmptyQuery] = "Empty query",
        [RefusalCodes.QueryTooLong] = "Query too long",
        [RefusalCodes.TooManyCandidates] = "Too many candidates",
        [RefusalCodes.NoCandidates] = "No candidates",
        [RefusalCodes.InvalidValue] = "Invalid value",
        [RefusalCodes.InvalidFilter] = "Invalid filter",
        [RefusalCodes.MissingPatches] = "Candidates without patches",
        [RefusalCodes.InvalidPicture] = "Unreadable picture",
        [RefusalCodes.NoPictureSearch] = "No search by picture",
        [RefusalCodes.PictureNotFound] = "Picture not found",
        [ServiceCodes.MalformedJson] = "Malformed JSON",
        [ServiceCodes.UnknownField] = "Unknown field",
        [ServiceCodes.MissingField] = "Missing field",
        [ServiceCodes.UnsupportedMediaType] = "Unsupported media type",
        [ServiceCodes.BodyTooLarge] = "Body too large",
        [ServiceCodes.Unauthorized] = "No valid key",
        [ServiceCodes.Overloaded] = "Overloaded",
        [ServiceCodes.ModelMismatch] = "Index of another model",
        [ServiceCodes.IndexNotFound] = "Index not found",
        [ServiceCodes.RecallUnavailable] = "No candidates to be had",
        [ServiceCodes.PatchesUnavailable] = "No patches to be had",
        [ServiceCodes.NotReady] = "Not ready",
        [ServiceCodes.NoExperiment] = "No experiment",
        [ServiceCodes.EventsUnavailable] = "Events not written",
        [ServiceCodes.NotFound] = "Not found",
        [ServiceCodes.NoOverlay] = "Nothing to draw on",
        [ServiceCodes.MethodNotAllowed] = "Method not allowed",
        [ServiceCodes.NotAcceptable] = "Not acceptable",
        [ServiceCodes.BadRequest] = "Bad request",
        [ServiceCodes.Internal] = "Internal error",
    };
}

/// <summary>Stable codes of the HTTP boundary; those of the search itself are in <see cref="RefusalCodes"/>.</summary>
public static class ServiceCodes
{
    /// <summary>The body is no JSON.</summary>
    public const string MalformedJson = "MALFORMED_JSON";

    /// <summary>The body has a member that the route does not know.</summary>
    public const string UnknownField = "UNKNOWN_FIELD";

    /// <summary>The body lacks a member.</summary>
    public const string MissingField = "MISSING_FIELD";

    /// <summary>The body is not sent as JSON.</summary>
    public const string UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE";

    /// <summary>The body is larger than the route takes.</summary>
    public const string BodyTooLarge = "BODY_TOO_LARGE";

    /// <summary>No key, or a wrong one.</summary>
    public const string Unauthorized = "UNAUTHORIZED";

    /// <summary>More requests than can be answered in time.</summary>
    public const string Overloaded = "OVERLOADED";

    /// <summary>The index was made by another model.</summary>
    public const string ModelMismatch = "MODEL_MISMATCH";

    /// <summary>The index is gone.</summary>
    public const string IndexNotFound = "INDEX_NOT_FOUND";

    /// <summary>Stage one failed.</summary>
    public const string RecallUnavailable = "RECALL_UNAVAILABLE";

    /// <summary>The patch store failed, and the question was about nothing else.</summary>
    public const string PatchesUnavailable = "PATCHES_UNAVAILABLE";

    /// <summary>The service cannot answer yet, or no longer.</summary>
    public const string NotReady = "NOT_READY";

    /// <summary>Events came, and no experiment is run.</summary>
    public const string NoExperiment = "NO_EXPERIMENT";

    /// <summary>Events could not be written.</summary>
    public const string EventsUnavailable = "EVENTS_UNAVAILABLE";

    /// <summary>No such route.</summary>
    public const string NotFound = "NOT_FOUND";

    /// <summary>The picture cannot be drawn on.</summary>
    public const string NoOverlay = "NO_OVERLAY";

    /// <summary>The route does not take this method.</summary>
    public const string MethodNotAllowed = "METHOD_NOT_ALLOWED";

    /// <summary>The answer cannot be had in the form that is asked for.</summary>
    public const string NotAcceptable = "NOT_ACCEPTABLE";

    /// <summary>The request breaks HTTP's own rules.</summary>
    public const string BadRequest = "BAD_REQUEST";

    /// <summary>A fault of the service.</summary>
    public const string Internal = "INTERNAL";
}

/// <summary>A request that the boundary refuses.</summary>
internal sealed class RequestRefusedException(int status, string code, string message, string? field = null) : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    public string? Field { get; } = field;
}

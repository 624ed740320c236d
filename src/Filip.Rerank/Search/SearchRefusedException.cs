namespace Filip.Rerank.Search;

/// <summary>A request that can have no answer, whoever asks it again.</summary>
/// <param name="code">Stable code, one of <see cref="RefusalCodes"/>.</param>
/// <param name="message">What was found, what was expected, what to do.</param>
/// <param name="field">The request's member at fault, or null.</param>
public sealed class SearchRefusedException(string code, string message, string? field = null) : Exception(message)
{
    /// <summary>Stable code.</summary>
    public string Code { get; } = code;

    /// <summary>The request's member at fault, or null.</summary>
    public string? Field { get; } = field;
}

/// <summary>Stage one gave no candidates because it failed or took too long: there is no order to answer with.</summary>
/// <param name="message">What was found and what to do.</param>
/// <param name="inner">The cause.</param>
public sealed class StageOneUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A picture's patches cannot be read, and the question was about nothing else.</summary>
/// <param name="message">What was found and what to do.</param>
/// <param name="inner">The cause.</param>
public sealed class PatchesUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The stable codes of refused requests.</summary>
public static class RefusalCodes
{
    /// <summary>The query leaves no token.</summary>
    public const string EmptyQuery = "EMPTY_QUERY";

    /// <summary>The query is longer than allowed.</summary>
    public const string QueryTooLong = "QUERY_TOO_LONG";

    /// <summary>More candidates, or more results, than allowed.</summary>
    public const string TooManyCandidates = "TOO_MANY_CANDIDATES";

    /// <summary>A rerank without candidates.</summary>
    public const string NoCandidates = "NO_CANDIDATES";

    /// <summary>A member's value is outside its range.</summary>
    public const string InvalidValue = "INVALID_VALUE";

    /// <summary>A filter that means nothing.</summary>
    public const string InvalidFilter = "INVALID_FILTER";

    /// <summary>Candidates without patches, where the caller asked for an error.</summary>
    public const string MissingPatches = "MISSING_PATCHES";

    /// <summary>The picture cannot be read.</summary>
    public const string InvalidPicture = "INVALID_PICTURE";

    /// <summary>This process has no image tower.</summary>
    public const string NoPictureSearch = "NO_PICTURE_SEARCH";

    /// <summary>No picture of that id.</summary>
    public const string PictureNotFound = "PICTURE_NOT_FOUND";
}

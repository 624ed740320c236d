namespace Filip.Recall.Elastic;

/// <summary>What kind of failure Elasticsearch, or the way to it, answered with.</summary>
public enum ElasticFailure
{
    /// <summary>Nobody answered: refused, lost or timed out. Sending again may help.</summary>
    Unreachable,

    /// <summary>The server is busy or a shard has no primary: 429 rejected, 502, 503, 504. Sending again may help.</summary>
    Busy,

    /// <summary>Who asks is not known (401) or not allowed (403).</summary>
    NotAllowed,

    /// <summary>The index, alias or document is not there (404).</summary>
    NotFound,

    /// <summary>The request itself is refused (other 4xx).</summary>
    Refused,

    /// <summary>The disk is over the flood stage: writes are blocked until there is room.</summary>
    DiskFull,

    /// <summary>The server's certificate is not one that we were told to trust.</summary>
    NotTrusted,

    /// <summary>What answered is no Elasticsearch, or one we cannot work with.</summary>
    NotElasticsearch,
}

/// <summary>A request to Elasticsearch failed.</summary>
/// <param name="failure">Its kind.</param>
/// <param name="message">What was found and what to do; never with credentials.</param>
/// <param name="inner">The cause.</param>
public sealed class ElasticException(ElasticFailure failure, string message, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>Its kind.</summary>
    public ElasticFailure Failure { get; } = failure;

    /// <summary>HTTP status; 0 where there was none.</summary>
    public int Status { get; init; }

    /// <summary>Elasticsearch's <c>error.type</c>; null where there was none.</summary>
    public string? Type { get; init; }

    /// <summary>Whether sending the same again may help.</summary>
    public bool Transient => Failure is ElasticFailure.Unreachable or ElasticFailure.Busy;
}

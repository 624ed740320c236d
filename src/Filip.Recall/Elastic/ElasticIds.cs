namespace Filip.Recall.Elastic;

/// <summary>Ids on their way into a request.</summary>
public static class ElasticIds
{
    /// <summary>Each id that a picture can have, once.</summary>
    /// <remarks>
    /// An id that no picture can have finds nothing; sent, it would make the server refuse the whole request (empty, too
    /// long), or find another picture (half a surrogate pair becomes U+FFFD in UTF-8).
    /// </remarks>
    /// <param name="ids">What was asked for.</param>
    public static IEnumerable<string> Possible(IEnumerable<string> ids) =>
        ids.Where(id => PictureDoor.IdRefusal(id) is null).Distinct(StringComparer.Ordinal);
}

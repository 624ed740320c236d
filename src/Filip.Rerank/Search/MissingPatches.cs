namespace Filip.Rerank.Search;

/// <summary>What becomes of a candidate whose patches are not in the index.</summary>
public enum MissingPatches
{
    /// <summary>It stands behind all that could be scored, in recall order, without a late-interaction score.</summary>
    Keep,

    /// <summary>It is left out of the results and named among the missing.</summary>
    Drop,

    /// <summary>The request is refused, naming it.</summary>
    Error,
}

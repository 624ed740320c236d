using Filip.Recall;

namespace Filip.Rerank.Search;

/// <summary>Which stages answer.</summary>
public enum SearchMode
{
    /// <summary>Both stages: candidates by pooled vector, order by late interaction.</summary>
    Rerank,

    /// <summary>Stage one alone.</summary>
    Recall,
}

/// <summary>A search by text or by picture; exactly one of the two is given.</summary>
public sealed record SearchRequest
{
    /// <summary>The text looked for; null for a search by picture.</summary>
    public string? Query { get; init; }

    /// <summary>Bytes of a picture file (JPEG, PNG, WebP, GIF, BMP); null for a search by text.</summary>
    public ReadOnlyMemory<byte>? Image { get; init; }

    /// <summary>Most results wanted; null takes <see cref="SearchOptions.DefaultTop"/>.</summary>
    public int? Top { get; init; }

    /// <summary>How many of the best are passed over: where a later page begins.</summary>
    /// <remarks>Pages are cut from the window of candidates; past its end there are none. Pages of one size never repeat or skip a picture.</remarks>
    public int From { get; init; }

    /// <summary>How many candidates stage one proposes; null takes <see cref="SearchOptions.DefaultCandidates"/>, or top where that is more.</summary>
    public int? Candidates { get; init; }

    /// <summary>All of these must hold.</summary>
    public IReadOnlyList<FieldFilter> Filters { get; init; } = [];

    /// <summary>Which stages answer.</summary>
    public SearchMode Mode { get; init; } = SearchMode.Rerank;

    /// <summary>Whether stage one also looks at the captions' words, where the index has them.</summary>
    public bool Lexical { get; init; }

    /// <summary>The captions' share of stage one's order, from 0 to 1; null fuses by rank. Read with <see cref="Lexical"/> only.</summary>
    public double? LexicalWeight { get; init; }

    /// <summary>Time for the whole answer; null takes <see cref="SearchOptions.Deadline"/>. Nothing left means the recall order at once.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>Whether each result says what every query token contributed.</summary>
    public bool Explain { get; init; }
}

/// <summary>A candidate that the caller brings, in the caller's order.</summary>
/// <param name="Id">The picture's id.</param>
/// <param name="Score">The caller's own recall score, handed back; it changes nothing.</param>
public sealed record RerankCandidate(string Id, double? Score = null);

/// <summary>Re-scoring of candidates that the caller brings.</summary>
/// <remarks>The order given is the recall order. A repeated id is answered once a mention.</remarks>
public sealed record RerankRequest
{
    /// <summary>The text looked for.</summary>
    public required string Query { get; init; }

    /// <summary>At least one candidate, best first.</summary>
    public required IReadOnlyList<RerankCandidate> Candidates { get; init; }

    /// <summary>Most results wanted; null answers all candidates.</summary>
    public int? Top { get; init; }

    /// <summary>Time for the whole answer; null takes <see cref="SearchOptions.Deadline"/>.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>What becomes of candidates without patches; null takes <see cref="SearchOptions.MissingPatches"/>.</summary>
    public MissingPatches? Missing { get; init; }

    /// <summary>Whether each result says what every query token contributed.</summary>
    public bool Explain { get; init; }
}

/// <summary>Asks why a picture scores as it does.</summary>
/// <param name="Query">The text looked for.</param>
/// <param name="Id">The picture's id.</param>
/// <param name="Tokens">Words of the query to light up; null or none for all of them.</param>
public sealed record ExplainRequest(string Query, string Id, IReadOnlyList<string>? Tokens = null);

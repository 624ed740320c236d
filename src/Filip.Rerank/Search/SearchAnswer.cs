using System.Text.Json;

namespace Filip.Rerank.Search;

/// <summary>An order of pictures, always; <see cref="Degraded"/> says whether it is the one that was asked for.</summary>
public sealed record SearchAnswer
{
    /// <summary>The pictures, best first.</summary>
    public required IReadOnlyList<SearchResult> Results { get; init; }

    /// <summary>Whether a part failed or was late, so that the order is a lesser one.</summary>
    public bool Degraded { get; init; }

    /// <summary>Why, one of <see cref="DegradedReasons"/>; null where not degraded.</summary>
    public string? Reason { get; init; }

    /// <summary>Rerank only: ids of candidates without patches.</summary>
    public IReadOnlyList<string>? Missing { get; init; }

    /// <summary>The model's own name.</summary>
    public required string Model { get; init; }

    /// <summary>The generation of the index that answered.</summary>
    public required string Generation { get; init; }

    /// <summary>The kernel that computed the late interaction.</summary>
    public required string Kernel { get; init; }

    /// <summary>Milliseconds by stage.</summary>
    public required StageTimings TimingsMs { get; init; }
}

/// <summary>One picture of an answer.</summary>
public sealed record SearchResult
{
    /// <summary>The picture's id.</summary>
    public required string Id { get; init; }

    /// <summary>Its place in this answer, from 1.</summary>
    public required int Rank { get; init; }

    /// <summary>The late-interaction score; the recall score where the answer is the recall order; null where the picture has no such score.</summary>
    /// <remarks>The two kinds never stand in one answer: they are different scales.</remarks>
    public double? Score { get; init; }

    /// <summary>Its place in the recall order, from 1.</summary>
    public required int RecallRank { get; init; }

    /// <summary>Its recall score; null where the caller gave none.</summary>
    public double? RecallScore { get; init; }

    /// <summary>The user's fields, with <c>path</c> and <c>caption</c> where the index has them.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Fields { get; init; }

    /// <summary>With explain: what each query token contributed; the contributions add up to the score.</summary>
    public IReadOnlyList<TokenContribution>? Tokens { get; init; }
}

/// <summary>What one query token adds to a picture's score.</summary>
/// <param name="Token">The token's text, as in the vocabulary.</param>
/// <param name="Word">The number of the word it belongs to; -1 for a special token.</param>
/// <param name="Contribution">Its part of the score.</param>
/// <param name="Patch">The patch it matches best (width * y + x).</param>
public sealed record TokenContribution(string Token, int Word, double Contribution, int Patch);

/// <summary>Milliseconds each stage took; 0 where it did not run.</summary>
/// <param name="Encode">Text or picture to query tokens.</param>
/// <param name="Recall">Candidates from stage one.</param>
/// <param name="Fetch">Patch records of the candidates.</param>
/// <param name="Score">Late interaction and order.</param>
/// <param name="Total">The whole answer, fields included.</param>
public sealed record StageTimings(double Encode, double Recall, double Fetch, double Score, double Total);

/// <summary>The stable words of <see cref="SearchAnswer.Reason"/>.</summary>
public static class DegradedReasons
{
    /// <summary>Stage two was not done in time.</summary>
    public const string Deadline = "deadline";

    /// <summary>The patch store failed.</summary>
    public const string PatchStore = "patch_store";

    /// <summary>A patch record is damaged, or another model's.</summary>
    public const string Corrupt = "corrupt";

    /// <summary>Late interaction failed.</summary>
    public const string Scoring = "scoring";

    /// <summary>No candidate has patches.</summary>
    public const string PatchesMissing = "patches_missing";

    /// <summary>Parts of the index did not answer stage one; what it proposed was re-scored.</summary>
    public const string PartialRecall = "partial_recall";

    /// <summary>Too many earlier stage-two calls have not come back.</summary>
    public const string Busy = "busy";

    /// <summary>The text tower failed (rerank: the caller's order stands).</summary>
    public const string Encoder = "encoder";

    /// <summary>The order stands; the pictures' fields could not be read in time.</summary>
    public const string Fields = "fields";
}

using Filip.Recall;

namespace Filip.Rerank.Search;

/// <summary>An answer on its way: the recall order at first, the new order once stage two has one.</summary>
/// <param name="candidates">The recall order; a recall score of NaN means that the caller gave none.</param>
/// <param name="top">Most results.</param>
/// <param name="policy">What becomes of candidates without patches.</param>
internal sealed class AnswerDraft(IReadOnlyList<Candidate> candidates, int top, MissingPatches policy)
{
    private StageTwoOrder? _order;

    /// <summary>Most results.</summary>
    public int Top => top;

    /// <summary>The candidates' ids in recall order.</summary>
    public IReadOnlyList<string> Ids { get; } = [.. candidates.Select(candidate => candidate.Id)];

    /// <summary>Why the order is a lesser one; the first reason stays.</summary>
    public string? Reason { get; private set; }

    /// <summary>Whether the order is stage two's.</summary>
    public bool IsRescored => _order is not null;

    /// <summary>Ids of candidates without patches, each once.</summary>
    public IReadOnlyList<string> Missing { get; private set; } = [];

    /// <summary>Notes a reason; null is none.</summary>
    public void Degrade(string? reason) => Reason ??= reason;

    /// <summary>Takes stage two's order.</summary>
    /// <exception cref="SearchRefusedException">Candidates are without patches, and the policy is an error.</exception>
    public void Take(StageTwoOrder order)
    {
        Missing = [.. order.Missing.Select(place => candidates[place].Id).Distinct()];
        if (Missing.Count > 0 && policy == MissingPatches.Error)
        {
            var named = string.Join(", ", Missing.Take(10)) + (Missing.Count > 10 ? ", ..." : "");
            throw new SearchRefusedException(
                RefusalCodes.MissingPatches,
                $"{Missing.Count} of {candidates.Count} candidates have no patches in the index: {named}. "
                + "Index them, or ask with missing: keep or drop.", "candidates");
        }

        if (order.Ranked.Count == 0 && policy == MissingPatches.Keep)
        {
            // Nothing could be scored: what is left is the recall order, and it says so.
            Degrade(DegradedReasons.PatchesMissing);
            return;
        }

        _order = order;
    }

    /// <summary>The results as they stand.</summary>
    public IReadOnlyList<SearchResult> Results()
    {
        if (_order is null)
        {
            return [.. candidates.Take(top).Select((candidate, i) => Result(candidate, i, Known(candidate.Score), null))];
        }

        var ranked = _order.Ranked.Select(hit => (candidates[hit.Place], Score: (double?)hit.Score, hit.Tokens));
        if (policy == MissingPatches.Keep)
        {
            ranked = ranked.Concat(_order.Missing.Select(place =>
                (candidates[place], (double?)null, (IReadOnlyList<TokenContribution>?)null)));
        }

        return [.. ranked.Take(top).Select((hit, i) => Result(hit.Item1, i, hit.Score, hit.Tokens))];
    }

    private static SearchResult Result(
        Candidate candidate, int place, double? score, IReadOnlyList<TokenContribution>? tokens) => new()
        {
            Id = candidate.Id,
            Rank = place + 1,
            Score = score,
            RecallRank = candidate.Rank,
            RecallScore = Known(candidate.Score),
            Tokens = tokens,
        };

    private static double? Known(double score) => double.IsNaN(score) ? null : score;
}

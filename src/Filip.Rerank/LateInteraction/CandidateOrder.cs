namespace Filip.Rerank.LateInteraction;

/// <summary>A candidate with its late-interaction score.</summary>
/// <param name="Id">The picture's id.</param>
/// <param name="RecallRank">Its place in stage one's answer, from 1.</param>
/// <param name="Score">Its late-interaction score, or a fused one; finite.</param>
public readonly record struct ScoredCandidate(string Id, int RecallRank, double Score);

/// <summary>The order of an answer: falling score, ties by recall rank, then by id (ordinal). A function of its inputs alone.</summary>
public sealed class CandidateOrder : IComparer<ScoredCandidate>
{
    private CandidateOrder()
    {
    }

    /// <summary>The order.</summary>
    public static CandidateOrder Instance { get; } = new();

    /// <summary>Sorts in place, best first.</summary>
    /// <param name="candidates">Candidates with finite scores.</param>
    /// <exception cref="ArgumentException">A score is NaN or infinite: it has no place in an order.</exception>
    public static void Sort(Span<ScoredCandidate> candidates)
    {
        foreach (var candidate in candidates)
        {
            if (!double.IsFinite(candidate.Score))
            {
                throw new ArgumentException(
                    $"Candidate '{candidate.Id}' has score {candidate.Score}, which has no place in an order. Leave out what was not scored.",
                    nameof(candidates));
            }
        }

        candidates.Sort(Instance);
    }

    /// <inheritdoc/>
    public int Compare(ScoredCandidate x, ScoredCandidate y)
    {
        var byScore = y.Score.CompareTo(x.Score);
        if (byScore != 0)
        {
            return byScore;
        }

        var byRank = x.RecallRank.CompareTo(y.RecallRank);
        return byRank != 0 ? byRank : string.CompareOrdinal(x.Id, y.Id);
    }
}

using Filip.Recall;

namespace Filip.Rerank.LateInteraction;

/// <summary>How a late-interaction score and a recall score become one. Raw, the two are never compared.</summary>
public enum FusionMethod
{
    /// <summary>The late-interaction score alone.</summary>
    None,

    /// <summary>Both brought to [0, 1] over the list, then weighted.</summary>
    MinMax,

    /// <summary>Both brought to mean 0 and (population) deviation 1 over the list, then weighted.</summary>
    ZScore,

    /// <summary>Reciprocal rank fusion: 1 / (60 + rank) summed over both orders.</summary>
    ReciprocalRank,
}

/// <summary>A separate, named step after scoring: the fused score of each candidate of one list.</summary>
/// <remarks>A list whose scores are all equal says nothing: its part is 0 for every candidate.</remarks>
public static class Fusion
{
    /// <summary>The constant of reciprocal rank fusion.</summary>
    public const int RankConstant = LegFusion.RankConstant;

    /// <summary>Fuses two scores of each candidate.</summary>
    /// <param name="method">How.</param>
    /// <param name="candidates">The candidates with their late-interaction scores.</param>
    /// <param name="recallScores">Stage one's scores of the same candidates; not read by ranks.</param>
    /// <param name="weight">The late-interaction score's share, from 0 to 1; not read by ranks.</param>
    /// <returns>One fused score a candidate, in the order given.</returns>
    public static double[] Fuse(
        FusionMethod method, IReadOnlyList<ScoredCandidate> candidates, IReadOnlyList<double> recallScores, double weight)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        ArgumentNullException.ThrowIfNull(recallScores);
        var late = candidates.Select(candidate => candidate.Score).ToArray();
        if (method is FusionMethod.None)
        {
            return late;
        }

        if (method is FusionMethod.ReciprocalRank)
        {
            return ByRank(candidates);
        }

        if (!(weight is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(weight), weight, "Expected a weight from 0 to 1.");
        }

        if (recallScores.Count != late.Length)
        {
            throw new ArgumentException(
                $"{recallScores.Count} recall scores for {late.Length} candidates. Give one a candidate.", nameof(recallScores));
        }

        var recall = Normalise(method, [.. recallScores]);
        late = Normalise(method, late);
        return [.. late.Select((score, i) => (weight * score) + ((1 - weight) * recall[i]))];
    }

    private static double[] Normalise(FusionMethod method, double[] scores)
    {
        if (scores.Length == 0)
        {
            return scores;
        }

        if (!scores.All(double.IsFinite))
        {
            throw new ArgumentException("A score to fuse is NaN or infinite. Leave out what was not scored.", nameof(scores));
        }

        var origin = method is FusionMethod.MinMax ? scores.Min() : scores.Average();
        var unit = method is FusionMethod.MinMax
            ? scores.Max() - origin
            : Math.Sqrt(scores.Average(score => (score - origin) * (score - origin)));

        // Equal scores have no spread; the mean's rounding must not be blown up into one.
        return scores.Min() == scores.Max() ? new double[scores.Length] : [.. scores.Select(score => (score - origin) / unit)];
    }

    private static double[] ByRank(IReadOnlyList<ScoredCandidate> candidates)
    {
        if (!candidates.All(candidate => double.IsFinite(candidate.Score)))
        {
            throw new ArgumentException("A score to fuse is NaN or infinite. Leave out what was not scored.", nameof(candidates));
        }

        var order = candidates.Select((candidate, position) => (candidate, position)).ToArray();
        Array.Sort(order, (left, right) => CandidateOrder.Instance.Compare(left.candidate, right.candidate));
        var fused = new double[candidates.Count];
        for (var rank = 0; rank < order.Length; rank++)
        {
            fused[order[rank].position] =
                (1.0 / (RankConstant + order[rank].candidate.RecallRank)) + (1.0 / (RankConstant + rank + 1));
        }

        return fused;
    }
}

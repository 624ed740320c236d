namespace Filip.Recall;

/// <summary>Makes one order of stage one's two legs, nearest vectors and captions' words.</summary>
/// <remarks>
/// Done here and not by the server: its own fusion sits behind a licence, and both engines must give one order.
/// Without a weight it is reciprocal rank fusion (Cormack et al. 2009), the sum of 1 / (60 + rank), ranks from 1. With one
/// it is (1 − w) · vectors + w · words, each leg brought to [0, 1]: words by their best score, as a text without any of
/// them scores 0; vectors between the last and the first of the leg, as what lies behind the last is not known.
/// </remarks>
public static class LegFusion
{
    /// <summary>What is added to each rank, so that a first place does not outweigh everything.</summary>
    public const int RankConstant = 60;

    /// <summary>Fuses the legs; what a leg lacks gets nothing from it.</summary>
    /// <param name="nearest">Pictures by their pooled vectors, best first, each once.</param>
    /// <param name="lexical">Pictures by their captions, best first, each once; scores above 0.</param>
    /// <param name="lexicalWeight">The captions' share, from 0 to 1; null fuses by rank.</param>
    /// <typeparam name="TKey">What names a picture.</typeparam>
    /// <exception cref="ArgumentOutOfRangeException">The weight is not from 0 to 1.</exception>
    public static IReadOnlyDictionary<TKey, double> Fuse<TKey>(
        IReadOnlyList<(TKey Key, double Score)> nearest, IReadOnlyList<(TKey Key, double Score)> lexical, double? lexicalWeight)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(nearest);
        ArgumentNullException.ThrowIfNull(lexical);
        var scores = new Dictionary<TKey, double>(nearest.Count + lexical.Count);
        if (lexicalWeight is not { } weight)
        {
            Add(scores, nearest, static (_, rank) => 1.0 / (RankConstant + rank));
            Add(scores, lexical, static (_, rank) => 1.0 / (RankConstant + rank));
            return scores;
        }

        EnsureWeight(weight);
        var floor = nearest.Count > 0 ? nearest[^1].Score : 0;
        Add(scores, nearest, (score, _) => (1 - weight) * Share(score - floor, nearest[0].Score - floor));
        Add(scores, lexical, (score, _) => weight * Share(score, lexical[0].Score));
        return scores;
    }

    /// <summary>Refuses a weight that is none.</summary>
    /// <param name="weight">The captions' share.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 0 to 1.</exception>
    public static void EnsureWeight(double weight)
    {
        if (!(weight is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(weight), weight, "Expected the captions' share, from 0 to 1.");
        }
    }

    // Of a leg whose scores are all equal each is its best.
    private static double Share(double above, double whole) => whole > 0 ? above / whole : 1;

    private static void Add<TKey>(
        Dictionary<TKey, double> scores, IReadOnlyList<(TKey Key, double Score)> leg, Func<double, int, double> value)
        where TKey : notnull
    {
        for (var i = 0; i < leg.Count; i++)
        {
            scores[leg[i].Key] = scores.GetValueOrDefault(leg[i].Key) + value(leg[i].Score, i + 1);
        }
    }
}

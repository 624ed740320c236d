namespace Filip.Recall;

/// <summary>Reciprocal rank fusion of orders (Cormack et al. 2009): the sum of 1 / (60 + rank), ranks from 1.</summary>
public static class ReciprocalRank
{
    /// <summary>What is added to each rank, so that a first place does not outweigh everything.</summary>
    public const int Constant = 60;

    /// <summary>Fuses orders of ids; an id that an order lacks gets nothing from it.</summary>
    /// <param name="orders">Orders of ids, best first, each id at most once an order.</param>
    public static IEnumerable<(string Id, double Score)> Fuse(IReadOnlyList<IReadOnlyList<string>> orders)
    {
        ArgumentNullException.ThrowIfNull(orders);
        var scores = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var order in orders)
        {
            for (var i = 0; i < order.Count; i++)
            {
                scores[order[i]] = scores.GetValueOrDefault(order[i]) + (1.0 / (Constant + i + 1));
            }
        }

        return scores.Select(pair => (pair.Key, pair.Value));
    }
}

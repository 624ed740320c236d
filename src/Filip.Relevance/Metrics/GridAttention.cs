namespace Filip.Relevance.Metrics;

/// <summary>How much a place on a page of pictures is looked at.</summary>
/// <remarks>
/// Rows lose attention as ranks do in nDCG, 1 / log2(row + 1) with rows from 1. Within a row the middle is looked at most
/// and the two edges get three quarters of it, falling evenly between (the middle bias that eye tracking of picture
/// search found). With one column this is nDCG.
/// </remarks>
public static class GridAttention
{
    /// <summary>Attention an edge keeps of the middle's.</summary>
    public const double EdgeShare = 0.75;

    /// <summary>The attention of a place.</summary>
    /// <param name="index">The place, from 0, row by row.</param>
    /// <param name="columns">Pictures in a row, at least 1.</param>
    /// <returns>Above 0, at most 1.</returns>
    public static double Of(int index, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        double middle = (columns - 1) / 2.0;
        double fromMiddle = columns == 1 ? 0 : Math.Abs((index % columns) - middle) / middle;
        return (1 - ((1 - EdgeShare) * fromMiddle)) / Math.Log2((index / columns) + 2);
    }
}

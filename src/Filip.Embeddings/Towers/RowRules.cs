using System.Numerics.Tensors;
using Filip.Embeddings.Models;

namespace Filip.Embeddings.Towers;

/// <summary>What must hold of a vector before it is stored or scored: finite, and of length 1.</summary>
internal static class RowRules
{
    private const float UnitTolerance = 2e-3f;
    private const float Shortest = 1e-6f;

    /// <summary>Checks rows, and brings them to length 1 where the tower does not.</summary>
    /// <param name="rows">Row-major; changed in place.</param>
    /// <param name="dimension">Values in a row.</param>
    /// <param name="unitLength">Whether the manifest says that the tower gives length 1.</param>
    /// <returns>What is wrong, as the middle of a sentence, or null.</returns>
    public static string? Settle(Span<float> rows, int dimension, bool unitLength)
    {
        for (var start = 0; start < rows.Length; start += dimension)
        {
            var row = rows.Slice(start, dimension);
            var norm = TensorPrimitives.Norm(row);
            if (!float.IsFinite(norm))
            {
                return $"row {start / dimension} holds a value that is NaN or infinite";
            }

            if (unitLength)
            {
                if (MathF.Abs(norm - 1) > UnitTolerance)
                {
                    return $"row {start / dimension} has length {norm:G6}, where the manifest says 1 (rows_unit_length)";
                }
            }
            else if (norm < Shortest)
            {
                return $"row {start / dimension} has length {norm:G6} and no direction";
            }
            else
            {
                TensorPrimitives.Divide(row, norm, row);
            }
        }

        return null;
    }

    /// <summary>Makes the pooled vector, or checks the tower's, and brings it to length 1.</summary>
    /// <param name="pooling">Where it comes from.</param>
    /// <param name="rows">The settled rows, for their mean.</param>
    /// <param name="pooled">The tower's vector, or room for the mean; changed in place.</param>
    /// <returns>What is wrong, as the middle of a sentence, or null.</returns>
    public static string? SettlePooled(PoolingSource pooling, ReadOnlySpan<float> rows, Span<float> pooled)
    {
        if (pooling == PoolingSource.MeanOfPatches)
        {
            pooled.Clear();
            for (var start = 0; start < rows.Length; start += pooled.Length)
            {
                TensorPrimitives.Add(pooled, rows.Slice(start, pooled.Length), pooled);
            }
        }

        return Settle(pooled, pooled.Length, unitLength: false) is { } fault
            ? fault.Replace("row 0", "the pooled vector", StringComparison.Ordinal)
            : null;
    }
}

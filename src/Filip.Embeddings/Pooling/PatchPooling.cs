using System.Numerics.Tensors;
using Filip.Embeddings.Codecs;

namespace Filip.Embeddings.Pooling;

/// <summary>Makes the few vectors of a picture that stage one searches by, out of its patches.</summary>
public static class PatchPooling
{
    /// <summary>Vectors of unit length, at least one and at most <see cref="PooledVectors.MostRows"/>; null for <see cref="PooledVectors.Single"/>.</summary>
    /// <remarks>The same patches give the same vectors, in the same order, wherever dot products come out alike.</remarks>
    /// <param name="patches">The picture's patches.</param>
    /// <param name="grid">How they lie; needed for the cells of a grid.</param>
    /// <param name="kind">What is wanted.</param>
    /// <exception cref="ArgumentException">A grid is wanted and the patches lie in none, all patches are zero, or they cancel out.</exception>
    public static EmbeddingMatrix? Of(EmbeddingMatrix patches, PatchGrid grid, PooledVectors kind)
    {
        ArgumentNullException.ThrowIfNull(patches);
        return kind.Kind switch
        {
            PooledKind.Single => null,
            PooledKind.Centroids => SphericalKMeans.Centroids(UnitRows(patches), kind.Count),
            _ => Cells(UnitRows(patches), grid, kind.Count),
        };
    }

    /// <summary>Why a model cannot give this kind, or null.</summary>
    /// <param name="grid">How its patches lie.</param>
    /// <param name="kind">What is wanted.</param>
    public static string? Refusal(PatchGrid grid, PooledVectors kind) => kind.Kind == PooledKind.Grid && grid.IsNone
        ? $"'{kind}' wants patches that lie in a grid, and this model's lie in none. Take centroids:N."
        : null;

    // A mean of directions: a row that is long for some reason of the model's must not decide it alone.
    private static EmbeddingMatrix UnitRows(EmbeddingMatrix patches)
    {
        var rows = new float[patches.Values.Length];
        for (var row = 0; row < patches.RowCount; row++)
        {
            Direction(patches.Row(row), rows.AsSpan(row * patches.Dimension, patches.Dimension)); // a zero row stays zero, in its place
        }

        return new EmbeddingMatrix(rows, patches.Dimension);
    }

    private static EmbeddingMatrix Cells(EmbeddingMatrix patches, PatchGrid grid, int side)
    {
        if (grid.IsNone || !grid.Holds(patches.RowCount))
        {
            throw new ArgumentException(
                $"{patches.RowCount} patches do not lie in a grid of {grid.Width} × {grid.Height}; cells of a grid want one.", nameof(grid));
        }

        var columns = Math.Min(side, grid.Width);
        var rows = Math.Min(side, grid.Height);
        var sums = new float[rows * columns * patches.Dimension];
        for (var y = 0; y < grid.Height; y++)
        {
            for (var x = 0; x < grid.Width; x++)
            {
                var cell = sums.AsSpan(((y * rows / grid.Height * columns) + (x * columns / grid.Width)) * patches.Dimension, patches.Dimension);
                TensorPrimitives.Add(cell, patches.Row((y * grid.Width) + x), cell);
            }
        }

        // A cell whose patches cancel out points nowhere: it can match no token and is left out.
        var kept = 0;
        for (var cell = 0; cell < rows * columns; cell++)
        {
            if (Direction(sums.AsSpan(cell * patches.Dimension, patches.Dimension), sums.AsSpan(kept, patches.Dimension)))
            {
                kept += patches.Dimension;
            }
        }

        return kept > 0
            ? new EmbeddingMatrix(sums.AsMemory(0, kept), patches.Dimension)
            : throw new ArgumentException("All patches are zero or cancel out; there is no direction to find the picture by.", nameof(patches));
    }

    /// <summary>Writes a vector at length 1; false where it has none. The two may be one place.</summary>
    internal static bool Direction(ReadOnlySpan<float> vector, Span<float> unit)
    {
        var length = TensorPrimitives.Norm(vector);
        if (!(length > 1e-6f) || !float.IsFinite(length))
        {
            return false;
        }

        TensorPrimitives.Divide(vector, length, unit);
        return true;
    }
}

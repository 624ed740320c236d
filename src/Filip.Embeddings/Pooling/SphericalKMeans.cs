using System.Numerics.Tensors;

namespace Filip.Embeddings.Pooling;

/// <summary>K-means by direction: rows go to the centroid of the largest dot product, centroids are the means of their rows at length 1.</summary>
/// <remarks>
/// No randomness: the first centroid is the row that is least like the mean of all, each next one the row that the ones
/// before serve worst (ties: the first row), then a fixed number of rounds. A cluster that loses its rows keeps its
/// centroid; equal rows give one centroid, so there can be fewer than were asked for.
/// </remarks>
internal static class SphericalKMeans
{
    private const int Rounds = 10;

    /// <summary>Nearer than this to a centroid, a row is the same direction and starts none of its own.</summary>
    private const float Same = 1 - 1e-6f;

    /// <summary>Centroids of rows of length 1 (or 0: those are passed over).</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="count">Most centroids, at least 1.</param>
    /// <exception cref="ArgumentException">All rows are zero.</exception>
    public static EmbeddingMatrix Centroids(EmbeddingMatrix rows, int count)
    {
        var dimension = rows.Dimension;
        var centroids = new float[count * dimension];
        var found = Begin(rows, count, centroids);
        centroids = centroids[..(found * dimension)];
        var sums = new float[centroids.Length];
        var owners = new int[rows.RowCount];
        Array.Fill(owners, -1);
        for (var round = 0; round < Rounds && Assign(rows, centroids, owners); round++)
        {
            Array.Clear(sums);
            for (var row = 0; row < owners.Length; row++)
            {
                var sum = sums.AsSpan(owners[row] * dimension, dimension);
                TensorPrimitives.Add(sum, rows.Row(row), sum);
            }

            for (var at = 0; at < sums.Length; at += dimension)
            {
                PatchPooling.Direction(sums.AsSpan(at, dimension), centroids.AsSpan(at, dimension));
            }
        }

        return new EmbeddingMatrix(centroids, dimension);
    }

    private static int Begin(EmbeddingMatrix rows, int count, Span<float> centroids)
    {
        var mean = new float[rows.Dimension];
        for (var row = 0; row < rows.RowCount; row++)
        {
            TensorPrimitives.Add(mean, rows.Row(row), mean);
        }

        // How well each row is served so far; before the first centroid, by the mean.
        var served = new float[rows.RowCount];
        for (var row = 0; row < served.Length; row++)
        {
            served[row] = IsZero(rows.Row(row)) ? float.PositiveInfinity : TensorPrimitives.Dot(rows.Row(row), mean);
        }

        for (var found = 0; found < count; found++)
        {
            var worst = TensorPrimitives.IndexOfMin<float>(served);
            if (float.IsPositiveInfinity(served[worst]) || (found > 0 && served[worst] > Same))
            {
                return found > 0 ? found : throw new ArgumentException("All patches are zero; there is no direction to find the picture by.", nameof(rows));
            }

            var centroid = centroids.Slice(found * rows.Dimension, rows.Dimension);
            rows.Row(worst).CopyTo(centroid);
            for (var row = 0; row < served.Length; row++)
            {
                if (!float.IsPositiveInfinity(served[row]))
                {
                    var likeness = TensorPrimitives.Dot(rows.Row(row), centroid);
                    served[row] = found == 0 ? likeness : Math.Max(served[row], likeness);
                }
            }
        }

        return count;
    }

    /// <summary>Gives each row to its nearest centroid (ties: the first); false where nothing changed.</summary>
    private static bool Assign(EmbeddingMatrix rows, ReadOnlySpan<float> centroids, Span<int> owners)
    {
        var changed = false;
        for (var row = 0; row < owners.Length; row++)
        {
            var best = float.NegativeInfinity;
            var owner = 0;
            for (var (at, number) = (0, 0); at < centroids.Length; at += rows.Dimension, number++)
            {
                var likeness = TensorPrimitives.Dot(rows.Row(row), centroids.Slice(at, rows.Dimension));
                if (likeness > best)
                {
                    (best, owner) = (likeness, number);
                }
            }

            changed |= owners[row] != owner;
            owners[row] = owner;
        }

        return changed;
    }

    private static bool IsZero(ReadOnlySpan<float> row) => TensorPrimitives.SumOfSquares(row) == 0;
}

using System.Globalization;
using System.Numerics.Tensors;
using Filip.Embeddings;

namespace Filip.Indexer.Elastic;

/// <summary>Looks at a picture's several vectors before they are sent; the server's own refusal would not say which.</summary>
internal static class CentroidDoor
{
    private const float LengthTolerance = 1e-2f;

    /// <summary>Null where the index can keep them; otherwise why not.</summary>
    /// <param name="centroids">The vectors.</param>
    /// <param name="stamp">The index.</param>
    public static string? Refusal(EmbeddingMatrix? centroids, IndexStamp stamp)
    {
        var kind = stamp.PooledVectors;
        if (!kind.IsSeveral)
        {
            return null;
        }

        if (centroids is null)
        {
            return $"The picture comes without the vectors that the index asks for ('{kind}').";
        }

        if (centroids.Dimension != stamp.PatchDimension || centroids.RowCount > kind.MostRows)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"The picture has {centroids.RowCount} vectors of {centroids.Dimension} values; '{kind}' takes at most {kind.MostRows} of {stamp.PatchDimension}.");
        }

        for (var row = 0; row < centroids.RowCount; row++)
        {
            var length = TensorPrimitives.Norm(centroids.Row(row));
            if (!(Math.Abs(length - 1) <= LengthTolerance))
            {
                return string.Create(
                    CultureInfo.InvariantCulture, $"Vector {row} of '{kind}' has length {length:G5}; the index takes vectors of length 1.");
            }
        }

        return null;
    }
}

using System.Numerics.Tensors;
using Filip.Embeddings;
using Filip.Embeddings.Pooling;

namespace Filip.Recall.Elastic;

/// <summary>One kNN clause: a direction, and how much its dot products count.</summary>
/// <param name="Direction">Of length 1, as the server asks.</param>
/// <param name="Weight">What a dot product with it is worth in the recall score; all tokens together make the mean.</param>
internal readonly record struct TokenClause(ReadOnlyMemory<float> Direction, double Weight);

/// <summary>Makes a query's tokens into kNN clauses: one a token, or fewer where there are very many.</summary>
internal static class TokenClauses
{
    /// <summary>Most clauses a query asks; a query of more tokens has the nearest of them merged.</summary>
    public const int Most = 8;

    /// <summary>The clauses, at least one.</summary>
    /// <param name="tokens">The query tokens.</param>
    /// <param name="most">Most clauses.</param>
    /// <exception cref="ArgumentException">All tokens are zero.</exception>
    public static IReadOnlyList<TokenClause> Of(EmbeddingMatrix tokens, int most = Most)
    {
        if (tokens.RowCount <= most)
        {
            return Clauses(Enumerable.Range(0, tokens.RowCount).Select(row => tokens.Row(row).ToArray()), tokens.RowCount);
        }

        // A sum of tokens asks for what they have in common: |sum| · (direction of the sum · v) is the sum of the tokens' own dot products.
        var centroids = PatchPooling.Of(tokens, default, PooledVectors.Centroids(Math.Clamp(most, 2, PooledVectors.MostCentroids)))!;
        var sums = new float[centroids.RowCount][];
        for (var row = 0; row < tokens.RowCount; row++)
        {
            ref var sum = ref sums[Nearest(tokens.Row(row), centroids)];
            sum ??= new float[tokens.Dimension];
            TensorPrimitives.Add(sum, tokens.Row(row), sum);
        }

        return Clauses(sums.Where(sum => sum is not null), tokens.RowCount);
    }

    private static List<TokenClause> Clauses(IEnumerable<float[]> vectors, int tokens)
    {
        List<TokenClause> clauses = [];
        foreach (var vector in vectors)
        {
            var length = TensorPrimitives.Norm<float>(vector);
            if (length > 1e-6f && float.IsFinite(length))
            {
                TensorPrimitives.Divide(vector, length, vector);
                clauses.Add(new TokenClause(vector, (double)length / tokens));
            }
        }

        return clauses.Count > 0
            ? clauses
            : throw new ArgumentException("All query tokens are zero; they have no direction to search in.", nameof(vectors));
    }

    private static int Nearest(ReadOnlySpan<float> token, EmbeddingMatrix centroids)
    {
        var (best, nearest) = (float.NegativeInfinity, 0);
        for (var row = 0; row < centroids.RowCount; row++)
        {
            if (TensorPrimitives.Dot(token, centroids.Row(row)) is var likeness && likeness > best)
            {
                (best, nearest) = (likeness, row);
            }
        }

        return nearest;
    }
}

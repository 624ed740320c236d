using System.Numerics.Tensors;
using Filip.Embeddings;

namespace Filip.Benchmarks.Nested;

/// <summary>For one query, each row's best dot product with each picture.</summary>
internal static class MaxSims
{
    /// <summary>Shape <c>[rows of the query][pictures]</c>.</summary>
    public static float[][] Of(EmbeddingMatrix query, IReadOnlyList<EmbeddingMatrix> pictures)
    {
        var best = new float[query.RowCount][];
        for (var token = 0; token < best.Length; token++)
        {
            best[token] = new float[pictures.Count];
        }

        Parallel.For(0, pictures.Count, picture =>
        {
            var rows = pictures[picture];
            for (var token = 0; token < best.Length; token++)
            {
                var most = float.NegativeInfinity;
                for (var row = 0; row < rows.RowCount; row++)
                {
                    most = Math.Max(most, TensorPrimitives.Dot(query.Row(token), rows.Row(row)));
                }

                best[token][picture] = most;
            }
        });
        return best;
    }

    /// <summary>The sum over the query's rows, by picture.</summary>
    public static double[] Sum(float[][] best)
    {
        var sums = new double[best[0].Length];
        foreach (var row in best)
        {
            for (var picture = 0; picture < sums.Length; picture++)
            {
                sums[picture] += row[picture];
            }
        }

        return sums;
    }

    /// <summary>Places of the largest scores, best first, equals by place.</summary>
    public static int[] Top(IReadOnlyList<double> scores, int count) =>
        [.. Enumerable.Range(0, scores.Count).OrderByDescending(place => scores[place]).ThenBy(place => place).Take(count)];
}

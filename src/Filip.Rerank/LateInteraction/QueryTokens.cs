using Filip.Embeddings;

namespace Filip.Rerank.LateInteraction;

/// <summary>The query tokens of one template's text, with optional weights.</summary>
/// <remarks>A weight of 0 leaves the token out (the skip list: template words, stop words).</remarks>
public sealed class QueryTokens
{
    /// <summary>Takes rows and, optionally, a weight for each.</summary>
    /// <param name="rows">One row a real token; padding never among them.</param>
    /// <param name="weights">One finite weight of at least 0 a row, not all 0; null counts every token once.</param>
    /// <param name="fillsContext">True for a text as long as the model's context: it has no padding. Only <c>zero-pad-i2t</c> asks.</param>
    /// <exception cref="ArgumentException">The weights do not fit the rows.</exception>
    public QueryTokens(EmbeddingMatrix rows, IReadOnlyList<double>? weights = null, bool fillsContext = false)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (weights is not null)
        {
            if (weights.Count != rows.RowCount)
            {
                throw new ArgumentException(
                    $"{weights.Count} weights for {rows.RowCount} query tokens. Give one a token.", nameof(weights));
            }

            for (var i = 0; i < weights.Count; i++)
            {
                if (!double.IsFinite(weights[i]) || weights[i] < 0)
                {
                    throw new ArgumentException(
                        $"The weight of query token {i} is {weights[i]}; weights are finite and at least 0.", nameof(weights));
                }
            }

            if (weights.All(weight => weight == 0))
            {
                throw new ArgumentException("Every query token has weight 0: nothing is left to compare.", nameof(weights));
            }
        }

        Rows = rows;
        Weights = weights;
        FillsContext = fillsContext;
    }

    /// <summary>One row a real token.</summary>
    public EmbeddingMatrix Rows { get; }

    /// <summary>One weight a row; null where every token counts once.</summary>
    public IReadOnlyList<double>? Weights { get; }

    /// <summary>True for a text that fills the model's context, which then has no padding.</summary>
    public bool FillsContext { get; }

    /// <summary>The weight of one token.</summary>
    /// <param name="token">From 0.</param>
    public double Weight(int token) => Weights?[token] ?? 1;

    /// <summary>The weights that leave out some tokens.</summary>
    /// <param name="count">Tokens in all.</param>
    /// <param name="skipped">True for a token to leave out.</param>
    public static IReadOnlyList<double> Skipping(int count, Func<int, bool> skipped)
    {
        ArgumentNullException.ThrowIfNull(skipped);
        return [.. Enumerable.Range(0, count).Select(token => skipped(token) ? 0.0 : 1.0)];
    }
}

using Filip.Embeddings;

namespace Filip.Rerank.LateInteraction;

/// <summary>Every contract, plainly, in double precision: what each kernel is tested against.</summary>
/// <remarks>Rows are compared as given; cosine similarity asks for rows of unit length. Never fast, always right.</remarks>
public static class Definition
{
    /// <summary>The score of one picture for one text.</summary>
    /// <param name="contract">Any but <c>pooled</c>, which needs the pooled vectors: <see cref="PooledScore"/>.</param>
    /// <param name="query">The query tokens.</param>
    /// <param name="patches">The picture's patches.</param>
    /// <exception cref="ArgumentException">The two matrices differ in dimension, or the contract is <c>pooled</c>.</exception>
    public static double Score(ScoringContract contract, QueryTokens query, EmbeddingMatrix patches)
    {
        ArgumentNullException.ThrowIfNull(contract);
        RefuseOtherDimension(query, patches);
        return contract.Measure switch
        {
            ScoringMeasure.TextToImage => TextToImage(query, patches),
            ScoringMeasure.ImageToText => ImageToText(query, patches, double.NegativeInfinity),
            ScoringMeasure.Mean =>
                (TextToImage(query, patches) + ImageToText(query, patches, double.NegativeInfinity)) / 2,
            ScoringMeasure.Sum => Tokens(query).Sum(token => query.Weight(token) * TokenMaximum(query.Rows, token, patches).Value),
            ScoringMeasure.ZeroPadImageToText =>
                ImageToText(query, patches, query.FillsContext ? double.NegativeInfinity : 0),
            ScoringMeasure.PooledMean => Dot(MeanRow(query.Rows, Tokens(query)), MeanRow(patches, Enumerable.Range(0, patches.RowCount))),
            _ => throw new ArgumentException(
                "The contract 'pooled' compares pooled vectors, not rows. Use PooledScore.", nameof(contract)),
        };
    }

    /// <summary>The score of one picture for several templates' texts: the plain mean of the scores.</summary>
    /// <param name="contract">Any but <c>pooled</c>.</param>
    /// <param name="templates">At least one.</param>
    /// <param name="patches">The picture's patches.</param>
    public static double Score(ScoringContract contract, IReadOnlyList<QueryTokens> templates, EmbeddingMatrix patches)
    {
        ArgumentNullException.ThrowIfNull(templates);
        return templates.Count == 0
            ? throw new ArgumentException("A query needs at least one text.", nameof(templates))
            : templates.Average(query => Score(contract, query, patches));
    }

    /// <summary>The dot product of two pooled vectors as given.</summary>
    /// <param name="query">The text's.</param>
    /// <param name="picture">The picture's, of the same length.</param>
    /// <exception cref="ArgumentException">The lengths differ, nothing was given, or a value is not finite.</exception>
    public static double PooledScore(ReadOnlySpan<float> query, ReadOnlySpan<float> picture)
    {
        if (query.IsEmpty || query.Length != picture.Length)
        {
            throw new ArgumentException(
                $"Pooled vectors of {query.Length} and {picture.Length} values cannot be compared. Use one model for both.", nameof(query));
        }

        if (Finite.IndexOfNonFinite(query) >= 0 || Finite.IndexOfNonFinite(picture) >= 0)
        {
            throw new ArgumentException("A pooled vector holds NaN or infinity. Check the model's output.", nameof(query));
        }

        return Dot(query, picture);
    }

    /// <summary>A token's best patch and its dot product; the lowest index among equals.</summary>
    /// <param name="tokens">The query tokens.</param>
    /// <param name="token">Which of them.</param>
    /// <param name="patches">The picture's patches.</param>
    public static (int Patch, double Value) TokenMaximum(EmbeddingMatrix tokens, int token, EmbeddingMatrix patches)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(patches);
        return Maximum(tokens.Row(token), patches, Enumerable.Range(0, patches.RowCount));
    }

    /// <summary>A patch's best token and its dot product; the lowest index among equals. Tokens of weight 0 do not count.</summary>
    /// <param name="query">The query tokens.</param>
    /// <param name="patches">The picture's patches.</param>
    /// <param name="patch">Which of them.</param>
    public static (int Token, double Value) PatchMaximum(QueryTokens query, EmbeddingMatrix patches, int patch)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(patches);
        return Maximum(patches.Row(patch), query.Rows, Tokens(query));
    }

    private static double TextToImage(QueryTokens query, EmbeddingMatrix patches) =>
        Tokens(query).Sum(token => query.Weight(token) * TokenMaximum(query.Rows, token, patches).Value)
        / Tokens(query).Sum(query.Weight);

    private static double ImageToText(QueryTokens query, EmbeddingMatrix patches, double least) =>
        Enumerable.Range(0, patches.RowCount).Average(patch => Math.Max(least, PatchMaximum(query, patches, patch).Value));

    private static IEnumerable<int> Tokens(QueryTokens query) =>
        Enumerable.Range(0, query.Rows.RowCount).Where(token => query.Weight(token) != 0);

    private static (int Index, double Value) Maximum(ReadOnlySpan<float> row, EmbeddingMatrix others, IEnumerable<int> indexes)
    {
        (int Index, double Value) best = (-1, double.NegativeInfinity);
        foreach (var index in indexes)
        {
            var value = Dot(row, others.Row(index));
            if (value > best.Value)
            {
                best = (index, value);
            }
        }

        return best;
    }

    private static double Dot(double[] query, double[] picture) =>
        query.Zip(picture, (left, right) => left * right).Sum();

    private static double[] MeanRow(EmbeddingMatrix rows, IEnumerable<int> indexes)
    {
        var sum = new double[rows.Dimension];
        foreach (var index in indexes)
        {
            for (var i = 0; i < sum.Length; i++)
            {
                sum[i] += rows.Row(index)[i];
            }
        }

        // The unit vector of the sum is that of the mean; a mean of zeros has no direction and matches nothing.
        var length = Math.Sqrt(sum.Sum(value => value * value));
        return length == 0 ? sum : [.. sum.Select(value => value / length)];
    }

    private static double Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var sum = 0.0;
        for (var i = 0; i < left.Length; i++)
        {
            sum += (double)left[i] * right[i];
        }

        return sum;
    }

    private static void RefuseOtherDimension(QueryTokens query, EmbeddingMatrix patches)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(patches);
        if (query.Rows.Dimension != patches.Dimension)
        {
            throw new ArgumentException(
                $"Query tokens have {query.Rows.Dimension} values and patches {patches.Dimension}; both must come from one model.",
                nameof(patches));
        }
    }
}

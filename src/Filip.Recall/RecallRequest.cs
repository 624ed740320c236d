using Filip.Embeddings;

namespace Filip.Recall;

/// <summary>What stage one is asked.</summary>
public sealed record RecallRequest
{
    /// <summary>The query's pooled vector, unit length, of the stamp's pooled dimension.</summary>
    public required ReadOnlyMemory<float> Pooled { get; init; }

    /// <summary>The query tokens, of the stamp's patch dimension; null where there are none, as in a search by picture.</summary>
    /// <remarks>Used where the index holds several vectors a picture (<see cref="IndexStamp.PooledVectors"/>) and passed over elsewhere.</remarks>
    public EmbeddingMatrix? Tokens { get; init; }

    /// <summary>How many candidates are wanted, at least 1.</summary>
    public required int Count { get; init; }

    /// <summary>All of these must hold, before candidates are counted (never after).</summary>
    public IReadOnlyList<FieldFilter> Filters { get; init; } = [];

    /// <summary>Text for the lexical leg; null for vectors alone.</summary>
    public string? LexicalText { get; init; }

    /// <summary>The lexical leg's share, from 0 to 1; null fuses by rank (see <see cref="LegFusion"/>).</summary>
    public double? LexicalWeight { get; init; }

    /// <summary>Whether the candidates' patch records are wanted in the same round trip, from a source that can.</summary>
    public bool WithRecords { get; init; }

    /// <summary>Refuses what no engine can look for in an index of this stamp.</summary>
    /// <param name="request">What is looked for.</param>
    /// <param name="stamp">What the index was built with.</param>
    /// <exception cref="ArgumentException">The vector has another dimension or is not finite, or a filter's value is no scalar.</exception>
    internal static void EnsureSound(RecallRequest request, IndexStamp stamp)
    {
        if (request.Pooled.Length != stamp.PooledDimension)
        {
            throw new ArgumentException(
                $"The query's pooled vector has {request.Pooled.Length} values; the index holds {stamp.PooledDimension}. "
                + "Encode the query with the model the index was built with.", nameof(request));
        }

        if (Finite.IndexOfNonFinite(request.Pooled.Span) is >= 0 and var bad)
        {
            throw new ArgumentException($"Value {bad} of the query's pooled vector is not finite.", nameof(request));
        }

        foreach (var filter in request.Filters)
        {
            filter.EnsureSound();
        }
    }
}

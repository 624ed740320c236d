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
}

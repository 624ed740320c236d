using System.Text.Json;
using Filip.Embeddings;

namespace Filip.Indexer;

/// <summary>One picture, encoded, on its way into an index.</summary>
public sealed record ImageDocument
{
    /// <summary>The picture's id in the index, from the source (deterministic).</summary>
    public required string Id { get; init; }

    /// <summary>Hash of the picture's bytes and of everything else that is stored with it; lower-case hexadecimal.</summary>
    public required string ContentHash { get; init; }

    /// <summary>Unit-length pooled vector.</summary>
    public required ReadOnlyMemory<float> Pooled { get; init; }

    /// <summary>Several vectors made of the patches, unit length, where the index's stamp asks for them; null elsewhere.</summary>
    public EmbeddingMatrix? Centroids { get; init; }

    /// <summary>The patch record, self-describing (see Filip.Embeddings.Codecs).</summary>
    public required ReadOnlyMemory<byte> PatchRecord { get; init; }

    /// <summary>Where the picture was read from, as the source named it.</summary>
    public string? Path { get; init; }

    /// <summary>Text for the lexical leg.</summary>
    public string? Caption { get; init; }

    /// <summary>The user's own fields, for filters and display.</summary>
    public IReadOnlyDictionary<string, JsonElement> Attributes { get; init; } = new Dictionary<string, JsonElement>();
}

/// <summary>What became of one picture that was sent.</summary>
/// <param name="Id">The picture's id.</param>
/// <param name="Refusal">Null where it was written; otherwise why this picture will never be taken (for the dead-letter file).</param>
public readonly record struct WriteOutcome(string Id, string? Refusal)
{
    /// <summary>Whether the picture is in the index now.</summary>
    public bool Written => Refusal is null;
}

/// <summary>The index after a job.</summary>
/// <param name="Pictures">How many pictures it holds.</param>
/// <param name="BytesPerPicture">Bytes on disk a picture, all included.</param>
public sealed record SinkSummary(long Pictures, double BytesPerPicture);

/// <summary>A part the job depends on is down, full or refuses us altogether: the job stops, nothing acknowledged is lost.</summary>
/// <param name="message">What was found and what to do.</param>
/// <param name="inner">The cause.</param>
public sealed class SinkUnavailableException(string message, Exception? inner = null) : IOException(message, inner);

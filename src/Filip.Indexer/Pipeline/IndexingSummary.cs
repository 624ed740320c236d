using System.Text.Json.Serialization;

namespace Filip.Indexer.Pipeline;

/// <summary>What an indexing job did; its JSON is the answer of <c>filip index --output json</c>.</summary>
public sealed record IndexingSummary
{
    /// <summary>Pictures encoded and acknowledged by the index.</summary>
    public required long Indexed { get; init; }

    /// <summary>Pictures that the index held already, byte for byte and field for field; nothing was sent.</summary>
    public required long Unchanged { get; init; }

    /// <summary>Pictures removed because the source no longer names them.</summary>
    public required long Pruned { get; init; }

    /// <summary>Dead letters written: each picture, line or folder that failed.</summary>
    public required long Failed { get; init; }

    /// <summary>The dead-letter file; null where nothing failed.</summary>
    public required string? DeadLetters { get; init; }

    /// <summary>Wall-clock seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Pictures indexed or found unchanged, a second.</summary>
    public required double PicturesPerSecond { get; init; }

    /// <summary>Bytes on disk a picture in the index, as the index says.</summary>
    public required double BytesPerPicture { get; init; }

    /// <summary>The generation written to.</summary>
    public required string Generation { get; init; }

    /// <summary>Fingerprint of the model that encoded.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Whether the job was asked to stop early: what was read is in the index, the rest is for the next run.</summary>
    [JsonIgnore]
    public bool Drained { get; init; }

    /// <summary>Files that do not look like pictures.</summary>
    [JsonIgnore]
    public long PassedOver { get; init; }

    /// <summary>What a person should know besides: what was passed over, why nothing was pruned.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Notes { get; init; } = [];
}

using Filip.Recall.Elastic;

namespace Filip.Indexer.Elastic;

/// <summary>Where and how pictures are written on Elasticsearch.</summary>
public sealed record ElasticSinkOptions
{
    /// <summary>Layout of a generation that has to be made.</summary>
    public ElasticIndexOptions Index { get; init; } = new();

    /// <summary>How bulks are sent.</summary>
    public BulkOptions Bulk { get; init; } = new();

    /// <summary>Build a new generation beside the live one; it serves after <c>filip promote</c>.</summary>
    public bool NewGeneration { get; init; }

    /// <summary>Fill our fields into an index that is there already and is not ours; null leaves such an index alone.</summary>
    public AttachOptions? Attach { get; init; }
}

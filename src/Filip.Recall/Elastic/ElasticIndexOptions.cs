using System.ComponentModel.DataAnnotations;

namespace Filip.Recall.Elastic;

/// <summary>How a generation is laid out on Elasticsearch.</summary>
public sealed record ElasticIndexOptions
{
    /// <summary>Kinds of vector index that can be asked for.</summary>
    public static IReadOnlyList<string> VectorIndexes { get; } =
        ["int8_hnsw", "hnsw", "int4_hnsw", "bbq_hnsw", "flat", "int8_flat", "int4_flat", "bbq_flat"];

    /// <summary>Kind of vector index. Named always: the server's own default changes with its version and the dimensions.</summary>
    /// <value>The default is int8_hnsw.</value>
    public string VectorIndex { get; init; } = "int8_hnsw";

    /// <summary>Primary shards; about one for each 30 GB (see elastic/sizing.md).</summary>
    /// <value>The default is 1.</value>
    [Range(1, 1024)]
    public int Shards { get; init; } = 1;

    /// <summary>Copies of each shard; null takes 1 where there are two nodes or more, else 0.</summary>
    [Range(0, 10)]
    public int? Replicas { get; init; }
}

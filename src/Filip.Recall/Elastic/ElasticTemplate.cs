using System.Text.Json.Nodes;
using Filip.Embeddings;

namespace Filip.Recall.Elastic;

/// <summary>The body that creates a generation: <c>elastic/index-template.json</c> with dimensions, stamp and options filled in.</summary>
internal static class ElasticTemplate
{
    /// <summary>The template as it lies in the repository.</summary>
    public static JsonObject Read()
    {
        using var stream = typeof(ElasticTemplate).Assembly.GetManifestResourceStream("index-template.json")!;
        return JsonNode.Parse(stream)!.AsObject();
    }

    /// <summary>Settings and mappings of one generation.</summary>
    /// <param name="stamp">What it is built with.</param>
    /// <param name="options">Vector index, shards.</param>
    /// <param name="replicas">Copies of each shard.</param>
    public static JsonObject IndexBody(IndexStamp stamp, ElasticIndexOptions options, int replicas)
    {
        if (!ElasticIndexOptions.VectorIndexes.Contains(options.VectorIndex))
        {
            throw new ArgumentException(
                $"'{options.VectorIndex}' is no vector index; there are {string.Join(", ", ElasticIndexOptions.VectorIndexes)}.", nameof(options));
        }

        if (stamp.PooledDimension > 4096)
        {
            throw new ArgumentException(
                $"The pooled vector has {stamp.PooledDimension} values; Elasticsearch's dense_vector takes 4096 at most.", nameof(stamp));
        }

        if (stamp.PooledVectors.IsSeveral && stamp.PatchDimension > 4096)
        {
            throw new ArgumentException(
                $"A patch has {stamp.PatchDimension} values; Elasticsearch's dense_vector takes 4096 at most, so '{stamp.PooledVectors}' cannot be kept.", nameof(stamp));
        }

        var body = Read()["template"]!.DeepClone().AsObject();
        var index = body["settings"]!["index"]!.AsObject();
        index["number_of_shards"] = options.Shards;
        index["number_of_replicas"] = replicas;
        index["refresh_interval"] = "-1"; // set back when the load is complete
        var mappings = body["mappings"]!.AsObject();
        mappings["_meta"]!["filip"] = ElasticStamp.ToNode(stamp);
        var properties = mappings["properties"]!.AsObject();
        Fill(properties[ElasticFields.Pooled]!, stamp.PooledDimension, options.VectorIndex);
        if (stamp.PooledVectors.IsSeveral)
        {
            Fill(properties[ElasticFields.Centroids]!["properties"]![ElasticFields.CentroidVector]!, stamp.PatchDimension, options.VectorIndex);
        }
        else
        {
            properties.Remove(ElasticFields.Centroids);
        }

        return body;
    }

    private static void Fill(JsonNode field, int dimension, string vectorIndex)
    {
        field["dims"] = dimension;
        field["index_options"] = vectorIndex.EndsWith("hnsw", StringComparison.Ordinal)
            ? new JsonObject { ["type"] = vectorIndex, ["m"] = 16, ["ef_construction"] = 100 }
            : new JsonObject { ["type"] = vectorIndex };
    }

    /// <summary>The refresh interval of an index that serves, from the template.</summary>
    public static string ServingRefreshInterval() =>
        Read()["template"]!["settings"]!["index"]!["refresh_interval"]!.GetValue<string>();
}

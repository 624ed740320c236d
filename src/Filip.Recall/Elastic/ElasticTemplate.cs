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
        var body = Read()["template"]!.DeepClone().AsObject();
        var index = body["settings"]!["index"]!.AsObject();
        index["number_of_shards"] = options.Shards;
        index["number_of_replicas"] = replicas;
        index["refresh_interval"] = "-1"; // set back when the load is complete
        var mappings = body["mappings"]!.AsObject();
        mappings["_meta"]![ElasticStamp.Member] = ElasticStamp.ToNode(stamp);
        var properties = mappings["properties"]!.AsObject();
        FillPooled(properties[ElasticFields.Pooled]!.AsObject(), stamp, options);
        FillCentroids(properties, stamp, options);
        return body;
    }

    /// <summary>The object that holds our fields in an index of the user's: those of the template that are ours alone.</summary>
    /// <param name="stamp">What it is filled with.</param>
    /// <param name="options">Vector index.</param>
    public static JsonObject AttachedObject(IndexStamp stamp, ElasticIndexOptions options)
    {
        var template = Read()["template"]!["mappings"]!["properties"]!;
        var properties = new JsonObject();
        foreach (var name in (string[])[ElasticFields.Id, ElasticFields.ContentHash, ElasticFields.Pooled, ElasticFields.Patches])
        {
            properties[name] = template[name]!.DeepClone();
        }

        FillPooled(properties[ElasticFields.Pooled]!.AsObject(), stamp, options);
        return new JsonObject { ["dynamic"] = false, ["properties"] = properties };
    }

    /// <summary>The refresh interval of an index that serves, from the template.</summary>
    public static string ServingRefreshInterval() =>
        Read()["template"]!["settings"]!["index"]!["refresh_interval"]!.GetValue<string>();

    private static void FillPooled(JsonObject pooled, IndexStamp stamp, ElasticIndexOptions options)
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

        Fill(pooled, stamp.PooledDimension, options);
    }

    private static void FillCentroids(JsonObject properties, IndexStamp stamp, ElasticIndexOptions options)
    {
        if (!stamp.PooledVectors.IsSeveral)
        {
            properties.Remove(ElasticFields.Centroids);
            return;
        }

        if (stamp.PatchDimension > 4096)
        {
            throw new ArgumentException(
                $"A patch has {stamp.PatchDimension} values; Elasticsearch's dense_vector takes 4096 at most, so '{stamp.PooledVectors}' cannot be kept.", nameof(stamp));
        }

        Fill(properties[ElasticFields.Centroids]!["properties"]![ElasticFields.CentroidVector]!, stamp.PatchDimension, options);
    }

    private static void Fill(JsonNode field, int dimension, ElasticIndexOptions options)
    {
        field["dims"] = dimension;
        field["index_options"] = options.VectorIndex.EndsWith("hnsw", StringComparison.Ordinal)
            ? new JsonObject { ["type"] = options.VectorIndex, ["m"] = 16, ["ef_construction"] = 100 }
            : new JsonObject { ["type"] = options.VectorIndex };
    }
}

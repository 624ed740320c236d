using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Filip.Embeddings;

namespace Filip.Recall.Elastic;

/// <summary>The stamp as it lies in a mapping's <c>_meta.filip</c>.</summary>
internal static class ElasticStamp
{
    /// <summary>The member of <c>_meta</c> that holds it.</summary>
    public const string Member = "filip";

    /// <summary>The stamp as a member of <c>_meta</c>.</summary>
    public static JsonNode ToNode(IndexStamp stamp) =>
        JsonSerializer.SerializeToNode(stamp, ElasticStampJson.Default.IndexStamp)!;

    /// <summary>What the mapping's <c>_meta</c> holds of ours: stamp and layout; null where the index is not ours.</summary>
    public static JsonElement? Find(JsonElement mappings) =>
        mappings.TryGetProperty("_meta", out var meta) && meta.TryGetProperty(Member, out var filip)
            && filip.ValueKind == JsonValueKind.Object && filip.EnumerateObject().Any()
            ? filip
            : null;

    /// <summary>The stamp of a mapping, or null where the index is not ours.</summary>
    /// <exception cref="ElasticException">There is a stamp that this build cannot read.</exception>
    public static IndexStamp? FromMappings(JsonElement mappings, ElasticAddress address)
    {
        if (Find(mappings) is not { } filip)
        {
            return null;
        }

        try
        {
            return filip.Deserialize(ElasticStampJson.Default.IndexStamp);
        }
        catch (JsonException error)
        {
            throw new ElasticException(
                ElasticFailure.Refused,
                $"The index at {address} has a stamp that this build cannot read ({error.Message}). Run the build that wrote it, or index again.",
                error);
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(IndexStamp))]
internal sealed partial class ElasticStampJson : JsonSerializerContext;

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Filip.Embeddings.Pooling;

/// <summary>The kind as one JSON string.</summary>
public sealed class PooledVectorsConverter : JsonConverter<PooledVectors>
{
    /// <inheritdoc/>
    public override PooledVectors Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && PooledVectors.TryParse(reader.GetString(), out var vectors)
            ? vectors
            : throw new JsonException("Expected a kind of pooled vectors, such as \"single\" or \"centroids:8\".");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, PooledVectors value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

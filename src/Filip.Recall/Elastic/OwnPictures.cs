using System.Text.Json;

namespace Filip.Recall.Elastic;

/// <summary>Path, caption and attributes of pictures in an own index.</summary>
internal static class OwnPictures
{
    /// <summary>Asks for pictures by id.</summary>
    public static ReadOnlyMemory<byte> Body(string[] ids) => ElasticBody.Write(json =>
    {
        json.WriteStartObject();
        ElasticBody.WriteIdsQuery(json, ids);
        json.WriteStartArray("_source");
        json.WriteStringValue(ElasticFields.Path);
        json.WriteStringValue(ElasticFields.Caption);
        json.WriteStringValue(ElasticFields.Attributes);
        json.WriteStringValue(ElasticFields.AttributesJson);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>The fields of one picture.</summary>
    public static PictureFields Read(JsonElement source) => new(
        Text(source, ElasticFields.Path),
        Text(source, ElasticFields.Caption),
        source.TryGetProperty(ElasticFields.Attributes, out var attributes) && attributes.ValueKind == JsonValueKind.Object
            ? Members(attributes)
            : Text(source, ElasticFields.AttributesJson) is { } text ? Parsed(text) : new Dictionary<string, JsonElement>());

    private static Dictionary<string, JsonElement> Members(JsonElement attributes)
    {
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in attributes.EnumerateObject())
        {
            members[member.Name] = member.Value.Clone();
        }

        return members;
    }

    private static Dictionary<string, JsonElement> Parsed(string text)
    {
        using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = PictureDoor.MostLevels });
        return Members(document.RootElement);
    }

    private static string? Text(JsonElement source, string name) =>
        source.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

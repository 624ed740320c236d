using System.Text.Json;

namespace Filip.Recall.Elastic;

/// <summary>Path, caption and attributes of pictures in an attached index: the user's own fields, without vectors and without ours.</summary>
internal static class AttachedPictures
{
    /// <summary>Asks for filled documents by id.</summary>
    public static ReadOnlyMemory<byte> Body(string[] ids, ElasticIndexFacts index) => ElasticBody.Write(json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("query");
        json.WriteStartObject("bool");
        json.WriteStartArray("filter");
        json.WriteStartObject();
        json.WriteStartObject("ids");
        json.WriteStartArray("values");
        foreach (var id in ids)
        {
            json.WriteStringValue(id);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject();
        AttachedFilters.WriteExists(json, index.Layout.ContentHash);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteNumber("size", ids.Length);

        // Before 9.2 vectors stand in _source too.
        json.WriteStartObject("_source");
        json.WriteStartArray("excludes");
        json.WriteStringValue(ElasticLayout.Root);
        foreach (var vector in index.Mapping.Vectors)
        {
            json.WriteStringValue(vector);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    });

    /// <summary>The fields of one document.</summary>
    public static PictureFields Read(JsonElement source, ElasticLayout layout)
    {
        var attributes = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in source.EnumerateObject())
        {
            if (member.Name != layout.PathField && member.Name != layout.CaptionField && member.Name != ElasticLayout.Root)
            {
                attributes[member.Name] = member.Value.Clone();
            }
        }

        return new PictureFields(Text(source, layout.PathField), Text(source, layout.CaptionField), attributes);
    }

    // A name with a dot may stand as an object's member or, as it was sent, with its dot. Of a list the first text counts.
    private static string? Text(JsonElement source, string? name)
    {
        if (name is null || source.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (source.TryGetProperty(name, out var value))
        {
            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Array => value.EnumerateArray()
                    .Where(element => element.ValueKind == JsonValueKind.String).Select(element => element.GetString()).FirstOrDefault(),
                _ => null,
            };
        }

        for (var dot = name.IndexOf('.', StringComparison.Ordinal); dot > 0; dot = name.IndexOf('.', dot + 1))
        {
            if (source.TryGetProperty(name[..dot], out var inner) && Text(inner, name[(dot + 1)..]) is { } text)
            {
                return text;
            }
        }

        return null;
    }
}

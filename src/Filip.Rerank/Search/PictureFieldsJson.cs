using System.Text.Json;
using Filip.Recall;

namespace Filip.Rerank.Search;

/// <summary>A picture's fields as an answer shows them.</summary>
internal static class PictureFieldsJson
{
    /// <summary>The user's own fields, with path and caption unless the user has fields of that name; null for an unknown picture.</summary>
    public static IReadOnlyDictionary<string, JsonElement>? Of(string id, IReadOnlyDictionary<string, PictureFields> found)
    {
        if (!found.TryGetValue(id, out var picture))
        {
            return null;
        }

        Dictionary<string, JsonElement> fields = new(picture.Attributes, StringComparer.Ordinal);
        Add(fields, "path", picture.Path);
        Add(fields, "caption", picture.Caption);
        return fields;
    }

    private static void Add(Dictionary<string, JsonElement> fields, string name, string? value)
    {
        if (value is not null)
        {
            fields.TryAdd(name, JsonSerializer.SerializeToElement(value, SearchJson.Default.String));
        }
    }
}

using System.Text.Json;

namespace Filip.Recall.Elastic;

/// <summary>Whether a partial update would keep everything of a document.</summary>
/// <remarks>
/// An update reads <c>_source</c>, changes it and writes the document anew: what an index keeps out of its <c>_source</c>
/// would be lost (vectors are not: Elasticsearch puts them back itself).
/// </remarks>
internal static class ElasticUpdates
{
    /// <summary>Why an update would lose something or not be taken at all; null where all is well.</summary>
    public static string? Trouble(JsonElement mappings)
    {
        if (mappings.TryGetProperty("_source", out var source))
        {
            if (source.TryGetProperty("enabled", out var enabled) && enabled.ToString() is "False" or "false")
            {
                return "its _source is switched off, and without it no document can be updated.";
            }

            foreach (var name in (string[])["excludes", "includes"])
            {
                if (source.TryGetProperty(name, out var fields) && fields.ValueKind == JsonValueKind.Array && fields.GetArrayLength() > 0)
                {
                    return $"its mapping keeps fields out of _source ({name}: {fields.GetRawText()}), and an update would lose them.";
                }
            }

            if (source.TryGetProperty("mode", out var mode) && mode.GetString() is { } kind and not "stored")
            {
                return $"its _source is '{kind}', from which a patch record would not come back as it was sent.";
            }
        }

        return mappings.TryGetProperty("_routing", out var routing) && routing.TryGetProperty("required", out var required)
            && required.ToString() is "True" or "true"
            ? "its documents need a routing, which the picture's id alone does not tell."
            : null;
    }
}

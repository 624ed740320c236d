using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Filip.Rerank.Service;

/// <summary>Turns a failed parse into a sentence about the caller's own JSON, without names of our types.</summary>
internal static class BodyFault
{
    private const int LongestQuote = 40;

    /// <summary>What is wrong with the body.</summary>
    public static RequestRefusedException Explain(ReadOnlyMemory<byte> body, JsonTypeInfo type, JsonException fault)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body, new JsonDocumentOptions
            {
                MaxDepth = BodyReader.MaxDepth,
                AllowDuplicateProperties = false,
            });
        }
        catch (JsonException malformed)
        {
            return BodyReader.Refuse(
                ServiceCodes.MalformedJson,
                malformed.LineNumber is { } line
                    ? $"The body is no sound JSON at line {line + 1}, byte {malformed.BytePositionInLine + 1}: it is cut, broken, deeper than {BodyReader.MaxDepth} levels or repeats a member."
                    : "The body is no sound JSON: it repeats a member.");
        }

        using (document)
        {
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return BodyReader.Refuse(ServiceCodes.MalformedJson, $"The body is {Kind(root)}; send a JSON object.");
            }

            var disallows = type.Options.UnmappedMemberHandling == System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow;
            if (disallows && Stranger(root, type, "") is { } stranger)
            {
                return BodyReader.Refuse(
                    ServiceCodes.UnknownField,
                    $"'{stranger}' is no member of this request; known are {string.Join(", ", type.Properties.Select(known => known.Name))}.",
                    stranger);
            }

            return fault.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal)
                ? WrongValue(root, type, path[2..])
                : BodyReader.Refuse(ServiceCodes.MalformedJson, "The body is no object that this route takes; see /openapi/v1.json.");
        }
    }

    private static RequestRefusedException WrongValue(JsonElement root, JsonTypeInfo type, string field)
    {
        var member = field.Split('.', '[')[0];
        var found = root.TryGetProperty(member, out var value) ? $"; found {Quote(value)}" : "";
        var known = type.Properties.FirstOrDefault(property => property.Name == member);
        var expected = known is null ? "" : $", expected {Expected(known.PropertyType)}";
        return BodyReader.Refuse(
            Search.RefusalCodes.InvalidValue, $"'{field}' holds a value of the wrong type or range{found}{expected}.", field);
    }

    /// <summary>The first member that a type does not know, as a path; null where there is none.</summary>
    private static string? Stranger(JsonElement element, JsonTypeInfo type, string path)
    {
        if (type.Kind == JsonTypeInfoKind.Enumerable && element.ValueKind == JsonValueKind.Array && type.ElementType is { } item)
        {
            return element.EnumerateArray()
                .Select((value, i) => Stranger(value, type.Options.GetTypeInfo(item), $"{path}[{i}]"))
                .FirstOrDefault(found => found is not null);
        }

        if (type.Kind != JsonTypeInfoKind.Object || element.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        foreach (var member in element.EnumerateObject())
        {
            var name = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
            var known = type.Properties.FirstOrDefault(property => property.Name == member.Name);
            if (known is null)
            {
                return name;
            }

            if (Stranger(member.Value, type.Options.GetTypeInfo(known.PropertyType), name) is { } inner)
            {
                return inner;
            }
        }

        return null;
    }

    private static string Quote(JsonElement value)
    {
        var raw = value.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? "" : value.GetRawText();
        return raw.Length == 0 ? Kind(value) : raw.Length <= LongestQuote ? raw : string.Concat(raw.AsSpan(0, LongestQuote), "...");
    }

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "a boolean",
    };

    private static string Expected(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain == typeof(string) ? "a text"
            : plain == typeof(byte[]) ? "base64"
            : plain == typeof(int) || plain == typeof(long) ? "a whole number"
            : plain == typeof(bool) ? "true or false"
            : plain.IsGenericType && plain.GetGenericTypeDefinition() == typeof(Dictionary<,>) ? "an object"
            : "a list";
    }
}

using System.Text.Json;

namespace Filip.Indexer.Sources;

/// <summary>Tells JSON values that can be kept from those that only look so.</summary>
internal static class JsonText
{
    /// <summary>The value as a text; null for JSON's null. False where it is something else, or no Unicode.</summary>
    public static bool TryRead(JsonElement value, bool orNumber, out string? text)
    {
        text = null;
        switch (value.ValueKind)
        {
            case JsonValueKind.Null:
                return true;
            case JsonValueKind.Number when orNumber:
                text = value.GetRawText();
                return true;
            case JsonValueKind.String when IsSound(value):
                text = value.GetString();
                return true;
            default:
                return false;
        }
    }

    /// <summary>Whether every text in the value can be written as UTF-8: JSON's escapes may hold half a surrogate pair.</summary>
    public static bool IsSound(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                try
                {
                    return value.GetString() is not null;
                }
                catch (InvalidOperationException)
                {
                    return false;
                }

            case JsonValueKind.Array:
                return value.EnumerateArray().All(IsSound);
            case JsonValueKind.Object:
                return value.EnumerateObject().All(field => IsSound(field.Value));
            default:
                return true;
        }
    }
}

using System.Text.Json;
using Filip.Cli.Terminal;
using Filip.Recall;

namespace Filip.Cli.Commands;

/// <summary>Reads <c>--filter FIELD=VALUE</c>.</summary>
/// <remarks>
/// A command line has no types: <c>year=2021</c> matches the number 2021 and the text "2021", <c>sold=true</c> the boolean
/// and the text. Only the first <c>=</c> separates.
/// </remarks>
internal static class FilterWords
{
    /// <summary>One filter a word; all must hold.</summary>
    public static IReadOnlyList<FieldFilter> Parse(IReadOnlyList<string> words) => [.. words.Select(Parse)];

    private static FieldFilter Parse(string word)
    {
        var at = word.IndexOf('=', StringComparison.Ordinal);
        if (at <= 0)
        {
            throw new UsageException($"'{word}' is no filter; expected FIELD=VALUE.");
        }

        var value = word[(at + 1)..];
        var values = new List<JsonElement> { JsonSerializer.SerializeToElement(value, WordJson.Default.String) };
        if (value is "true" or "false" or "null" || IsNumber(value))
        {
            values.Add(JsonDocument.Parse(value).RootElement);
        }

        return new FieldFilter(word[..at], values);
    }

    private static bool IsNumber(string value)
    {
        try
        {
            using var parsed = JsonDocument.Parse(value);
            return parsed.RootElement.ValueKind == JsonValueKind.Number;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class WordJson : System.Text.Json.Serialization.JsonSerializerContext;

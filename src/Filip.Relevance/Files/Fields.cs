using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Filip.Relevance.Files;

/// <summary>Fields of a line and the numbers in them, read the same under every culture.</summary>
internal static class Fields
{
    /// <summary>Blanks as trec_eval knows them: a no-break space may be part of an id.</summary>
    private static readonly char[] s_blanks = [' ', '\t', '\v', '\f', '\r'];

    private static readonly SearchValues<char> s_blanksAndLineEnds = SearchValues.Create(" \t\v\f\r\n");

    public static string[] SplitAtBlanks(string line) =>
        line.Split(s_blanks, StringSplitOptions.RemoveEmptyEntries);

    public static bool HasBlank(string text) => text.AsSpan().IndexOfAny(s_blanksAndLineEnds) >= 0;

    /// <summary>A finite number with a decimal point; nothing else is one.</summary>
    public static bool TryNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    /// <summary>A finite number from a JSON value that is a number, or a string that spells one.</summary>
    public static bool TryNumber(JsonElement value, out double number)
    {
        number = 0;
        return value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetDouble(out number) && double.IsFinite(number),
            JsonValueKind.String => TryNumber(value.GetString()!, out number),
            _ => false,
        };
    }

    /// <summary>The shortest text that reads back as the same number.</summary>
    public static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>The first of these members that is there and is a string or a number.</summary>
    public static string? Id(JsonElement record, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (record.TryGetProperty(name, out var value))
            {
                return value.ValueKind switch
                {
                    JsonValueKind.String => value.GetString(),
                    JsonValueKind.Number => value.GetRawText(),
                    _ => null,
                };
            }
        }

        return null;
    }

    /// <summary>The first of these members that is there.</summary>
    public static JsonElement? Member(JsonElement record, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (record.TryGetProperty(name, out var value))
            {
                return value;
            }
        }

        return null;
    }
}

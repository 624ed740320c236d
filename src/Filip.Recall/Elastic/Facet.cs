using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;

namespace Filip.Recall.Elastic;

/// <summary>Typed terms for exact filters: one keyword field serves every attribute, of any type, without a mapping of its own.</summary>
/// <remarks>
/// <para>A term is <c>name</c>, U+001F, a letter for the type (<c>s</c> text, <c>n</c> number, <c>b</c> boolean), U+001F, the value; and
/// <c>name</c> U+001F <c>*</c> says that the attribute has any value at all. So <c>true</c> is never the text "true", 10
/// equals 10.0, a value that looks like a date makes no date of the field, and no attribute can be refused because
/// another picture's had another type.</para>
/// <para>Texts longer than 256 characters stand as their 128-bit hash: a keyword term may have 32,766 bytes.</para>
/// </remarks>
public static class Facet
{
    private const char Separator = '\u001f';
    private const int LongestText = 256;

    /// <summary>All terms of one picture's attributes.</summary>
    /// <param name="attributes">Name to value; objects give no terms beyond their presence.</param>
    public static IEnumerable<string> Terms(IReadOnlyDictionary<string, JsonElement> attributes)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        foreach (var (name, value) in attributes)
        {
            var any = false;
            foreach (var term in Values(value).Select(scalar => Term(name, scalar)).OfType<string>().Distinct())
            {
                any = true;
                yield return term;
            }

            if (any || value.ValueKind == JsonValueKind.Object)
            {
                yield return Present(name);
            }
        }
    }

    /// <summary>The term that says the attribute has a value.</summary>
    /// <param name="name">The attribute's name.</param>
    public static string Present(string name) => $"{name}{Separator}*";

    /// <summary>The term of one scalar value; null for null, objects and lists.</summary>
    /// <param name="name">The attribute's name.</param>
    /// <param name="value">Its value.</param>
    public static string? Term(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => $"{name}{Separator}s{Separator}{Shorten(value.GetString()!)}",
        JsonValueKind.Number => $"{name}{Separator}n{Separator}{Number(value)}",
        JsonValueKind.True or JsonValueKind.False =>
            $"{name}{Separator}b{Separator}{(value.ValueKind == JsonValueKind.True ? "1" : "0")}",
        _ => null,
    };

    private static JsonElement[] Values(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];

    // Whole numbers keep all their digits; 10 and 10.0 and 1e1 are one number.
    private static string Number(JsonElement value) =>
        value.TryGetDecimal(out var exact)
            ? exact.ToString("0.############################", CultureInfo.InvariantCulture)
            : value.GetDouble().ToString("R", CultureInfo.InvariantCulture);

    private static string Shorten(string text) =>
        text.Length <= LongestText
            ? text
            : "#" + Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(text)));
}

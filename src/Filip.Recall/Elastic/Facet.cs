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
/// <para>A list stands for each of its elements, an object for its members under dotted names, as in the embedded index.
/// Names and texts longer than 256 characters stand as their 128-bit hash: a keyword term may have 32,766 bytes.</para>
/// </remarks>
public static class Facet
{
    private const string Separator = "\u001f";
    private const int LongestText = 256;

    /// <summary>All terms of one picture's attributes.</summary>
    /// <param name="attributes">Name to value.</param>
    public static IEnumerable<string> Terms(IReadOnlyDictionary<string, JsonElement> attributes)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        var terms = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, value) in attributes)
        {
            Add(terms, name, value);
        }

        return terms;
    }

    /// <summary>The term that says the attribute has a value.</summary>
    /// <param name="name">The attribute's name.</param>
    public static string Present(string name) => $"{Name(name)}{Separator}*";

    /// <summary>The term of one scalar value; null for null, objects and lists.</summary>
    /// <param name="name">The attribute's name, dotted for the member of an object.</param>
    /// <param name="value">Its value.</param>
    public static string? Term(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => $"{Name(name)}{Separator}s{Separator}{Shorten(value.GetString()!)}",
        JsonValueKind.Number => $"{Name(name)}{Separator}n{Separator}{Number(value)}",
        JsonValueKind.True or JsonValueKind.False =>
            $"{Name(name)}{Separator}b{Separator}{(value.ValueKind == JsonValueKind.True ? "1" : "0")}",
        _ => null,
    };

    // Whether the value is more than null and empty lists; each level that is gets its term of presence.
    private static bool Add(HashSet<string> terms, string name, JsonElement value)
    {
        var present = false;
        switch (value.ValueKind)
        {
            case JsonValueKind.Array:
                foreach (var element in value.EnumerateArray())
                {
                    present |= Add(terms, name, element);
                }

                break;
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    present |= Add(terms, $"{name}.{member.Name}", member.Value);
                }

                break;
            default:
                if (Term(name, value) is { } term)
                {
                    terms.Add(term);
                    present = true;
                }

                break;
        }

        if (present)
        {
            terms.Add(Present(name));
        }

        return present;
    }

    // As the embedded index compares them: 10, 10.0 and 1e1 are one number; whole ones keep all their digits to 64 bits.
    private static string Number(JsonElement value)
    {
        if (value.TryGetInt64(out var whole))
        {
            return whole.ToString(CultureInfo.InvariantCulture);
        }

        var number = value.GetDouble();
        return Math.Abs(number) < 9007199254740992 && number == Math.Truncate(number)
            ? ((long)number).ToString(CultureInfo.InvariantCulture)
            : "~" + number.ToString("R", CultureInfo.InvariantCulture); // a double beyond 2^53 never meets a whole number
    }

    // A separator inside a name is doubled, so that no name can pass for another's value.
    private static string Name(string name) => Shorten(name).Replace(Separator, Separator + Separator, StringComparison.Ordinal);

    private static string Shorten(string text) =>
        text.Length <= LongestText
            ? text
            : "#" + Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(text)));
}

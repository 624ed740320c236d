using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Filip.Recall.Elastic;

/// <summary>Whether Elasticsearch's <c>flattened</c> type takes a picture's attributes.</summary>
/// <remarks>
/// It refuses the whole document for nesting beyond 20 levels, a NUL in a key, an empty key and a term over 32,766 bytes,
/// and the server's JSON reader refuses a key that comes twice and, as it
/// leaves fields out of <c>_source</c>, writes every fraction again as a double (1e400 becomes the text "Infinity"). No picture is to be lost for that: what is not taken is
/// kept as JSON text beside it and comes back as it was; filters (<see cref="Facet"/>) work either way.
/// </remarks>
public static class FlattenedAttributes
{
    private const int MostLevels = 18; // the object of all attributes is a level of its own
    private const int MostPathBytes = 2_000;

    /// <summary>Whether they may be sent as an object.</summary>
    /// <param name="attributes">The user's own fields.</param>
    public static bool Take(IReadOnlyDictionary<string, JsonElement> attributes)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        return attributes.All(member => Key(member.Key) is var bytes && bytes <= MostPathBytes && Takes(member.Value, 1, bytes));
    }

    private static bool Takes(JsonElement value, int level, int path)
    {
        if (level > MostLevels)
        {
            return false;
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            return value.EnumerateArray().All(element => Takes(element, level + 1, path));
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            return value.ValueKind != JsonValueKind.Number || StaysTheSame(value);
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        return value.EnumerateObject().All(member =>
            Key(member.Name) + path + 1 is var bytes && bytes <= MostPathBytes && names.Add(member.Name) && Takes(member.Value, level + 1, bytes));
    }

    private static bool StaysTheSame(JsonElement number) =>
        number.TryGetInt64(out _)
        || (decimal.TryParse(number.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var exact)
            && decimal.TryParse(number.GetDouble().ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture, out var kept)
            && exact == kept);

    // A key that is not taken is as long as no key may be.
    private static int Key(string name) =>
        string.IsNullOrWhiteSpace(name) || name.Contains('\0', StringComparison.Ordinal) || name.StartsWith('.') || name.EndsWith('.')
            || name.Contains("..", StringComparison.Ordinal)
            ? MostPathBytes + 1
            : Encoding.UTF8.GetByteCount(name);
}

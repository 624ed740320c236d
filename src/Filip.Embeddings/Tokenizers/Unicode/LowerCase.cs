using System.Globalization;

namespace Filip.Embeddings.Tokenizers.Unicode;

/// <summary>Lower-casing by a fixed table, character by character.</summary>
internal sealed class LowerCase
{
    private readonly Dictionary<int, int> _one = [];
    private readonly Dictionary<int, int[]> _many = [];

    private LowerCase(string entries)
    {
        foreach (var range in entries.AsSpan().Split(';'))
        {
            Add(entries.AsSpan()[range]);
        }
    }

    /// <summary>Rust's <c>char::to_lowercase</c>, which knows no final sigma.</summary>
    public static LowerCase Rust { get; } = new(UnicodeTables.Section("rust.lower"));

    /// <summary>Python's table, without the final sigma, which hangs on the neighbours.</summary>
    public static LowerCase Python { get; } = new(UnicodeTables.Section("python.lower"));

    /// <summary>Appends what the code point becomes.</summary>
    public void AppendTo(List<int> target, int point)
    {
        if (point < 0x80)
        {
            target.Add((uint)(point - 'A') <= 'Z' - 'A' ? point | 0x20 : point);
        }
        else if (_one.TryGetValue(point, out int lower))
        {
            target.Add(lower);
        }
        else if (_many.TryGetValue(point, out var several))
        {
            target.AddRange(several);
        }
        else
        {
            target.Add(point);
        }
    }

    private void Add(ReadOnlySpan<char> entry)
    {
        int equals = entry.IndexOf('=');
        if (equals >= 0)
        {
            _many[Hex(entry[..equals])] = [.. entry[(equals + 1)..].ToString().Split(' ').Select(part => Hex(part))];
            return;
        }

        int slash = entry.IndexOf('/');
        int sign = entry.IndexOfAny('+', '-');
        sign = sign < slash ? slash + 1 + entry[(slash + 1)..].IndexOfAny('+', '-') : sign;
        var (first, last) = CodePointSet.ParseRange(entry[..slash]);
        int step = int.Parse(entry[(slash + 1)..sign], CultureInfo.InvariantCulture);
        int distance = int.Parse(entry[sign..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        for (int point = first; point <= last; point += step)
        {
            _one[point] = point + distance;
        }
    }

    private static int Hex(ReadOnlySpan<char> text) =>
        int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}

using System.Globalization;

namespace Filip.Embeddings.Tokenizers.Unicode;

/// <summary>A fixed set of code points, one bit each up to the highest.</summary>
internal sealed class CodePointSet
{
    private readonly ulong[] _bits;

    private CodePointSet(ulong[] bits) => _bits = bits;

    /// <summary>The 25 code points of White_Space; that property is frozen since Unicode 6.3.</summary>
    public static CodePointSet WhiteSpace { get; } =
        Parse("9-D;20;85;A0;1680;2000-200A;2028-2029;202F;205F;3000");

    /// <summary>Reads "41-5A;AA": hexadecimal code points and ranges, ends included.</summary>
    public static CodePointSet Parse(string ranges)
    {
        var parsed = new List<(int First, int Last)>();
        foreach (var range in ranges.AsSpan().Split(';'))
        {
            parsed.Add(ParseRange(ranges.AsSpan()[range]));
        }

        var bits = new ulong[(parsed.Max(range => range.Last) >> 6) + 1];
        foreach (var (first, last) in parsed)
        {
            for (int point = first; point <= last; point++)
            {
                bits[point >> 6] |= 1UL << (point & 63);
            }
        }

        return new CodePointSet(bits);
    }

    /// <summary>Reads "41-5A" or "AA".</summary>
    public static (int First, int Last) ParseRange(ReadOnlySpan<char> range)
    {
        int dash = range.IndexOf('-');
        int first = int.Parse(dash < 0 ? range : range[..dash], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        int last = dash < 0
            ? first
            : int.Parse(range[(dash + 1)..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return (first, last);
    }

    /// <summary>Whether the code point is in the set.</summary>
    public bool Contains(int point)
    {
        int word = point >> 6;
        return word < _bits.Length && (_bits[word] & (1UL << (point & 63))) != 0;
    }
}

using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Filip.Indexer.Sources;

/// <summary>One part of a source that several jobs share, by a hash of the id: the parts are disjoint and together the whole.</summary>
/// <remarks>The hash (XXH3 of the id's UTF-16 code units, little-endian) never changes: a picture's shard is the same everywhere.</remarks>
public sealed record Shard
{
    /// <summary>The whole source.</summary>
    public static Shard Whole { get; } = new(1, 1);

    /// <summary>Makes part <paramref name="number"/> of <paramref name="count"/>.</summary>
    /// <param name="number">From 1 to <paramref name="count"/>.</param>
    /// <param name="count">From 1 to 10,000.</param>
    public Shard(int number, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 10_000);
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, count);
        Number = number;
        Count = count;
    }

    /// <summary>Which part, from 1.</summary>
    public int Number { get; }

    /// <summary>How many parts there are.</summary>
    public int Count { get; }

    /// <summary>Whether this part is the whole source.</summary>
    public bool IsWhole => Count == 1;

    /// <summary>Reads <c>i/n</c>, such as <c>2/8</c>; i from 1.</summary>
    /// <param name="text">The option's value.</param>
    /// <exception cref="FormatException">It is no such thing.</exception>
    public static Shard Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split('/');
        if (parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count is >= 1 and <= 10_000 && number >= 1 && number <= count)
        {
            return new Shard(number, count);
        }

        throw new FormatException($"'{text}' is no shard; expected i/n with i from 1 to n, such as 2/8 (n at most 10000).");
    }

    /// <summary>Whether the picture belongs to this part.</summary>
    /// <param name="id">The picture's id.</param>
    public bool Owns(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return IsWhole || XxHash3.HashToUInt64(MemoryMarshal.AsBytes(id.AsSpan())) % (ulong)Count == (ulong)(Number - 1);
    }

    /// <summary>As it is written on the command line.</summary>
    public override string ToString() => $"{Number}/{Count}";
}

using System.Globalization;
using System.Runtime.InteropServices;

namespace Filip.Embeddings.Tokenizers.Unicode;

/// <summary>Canonical decomposition and composition with the tables of Unicode 9.0, which the reference library has.</summary>
/// <remarks>Not the runtime's: that one leaves all but ASCII as it is where ICU is off, and throws on non-characters.</remarks>
internal static class CanonicalForms
{
    /// <summary>No code point below changes when decomposed.</summary>
    private const int FirstDecomposed = 0xC0;

    /// <summary>Text below is composed already: no marks, and nothing that composition takes apart.</summary>
    private const int FirstMark = 0x300;

    private const int LeadBase = 0x1100;
    private const int LeadCount = 19;
    private const int VowelBase = 0x1161;
    private const int VowelCount = 21;
    private const int TailBase = 0x11A7;
    private const int TailCount = 28;
    private const int SyllableBase = 0xAC00;
    private const int SyllableCount = LeadCount * VowelCount * TailCount;

    private static readonly Dictionary<int, int[]> s_decompositions = [];
    private static readonly Dictionary<long, int> s_compositions = [];
    private static readonly Dictionary<int, byte> s_classes = [];

    static CanonicalForms()
    {
        var uncomposed = UnicodeTables.Set("normal.uncomposed");
        foreach (var entry in UnicodeTables.Section("normal.decompositions").Split(';'))
        {
            int[] points = [.. entry.Split('=', ' ').Select(Hex)];
            s_decompositions[points[0]] = points[1..];
            if (points.Length == 3 && !uncomposed.Contains(points[0]))
            {
                s_compositions[Pair(points[1], points[2])] = points[0];
            }
        }

        foreach (var entry in UnicodeTables.Section("normal.classes").Split(';'))
        {
            int equals = entry.IndexOf('=', StringComparison.Ordinal);
            byte combining = byte.Parse(entry.AsSpan(0, equals), CultureInfo.InvariantCulture);
            foreach (var range in entry[(equals + 1)..].Split(' '))
            {
                var (first, last) = CodePointSet.ParseRange(range);
                for (int point = first; point <= last; point++)
                {
                    s_classes[point] = combining;
                }
            }
        }
    }

    /// <summary>NFD, in place.</summary>
    public static void Decompose(List<int> text)
    {
        if (!CollectionsMarshal.AsSpan(text).ContainsAnyExceptInRange(0, FirstDecomposed - 1))
        {
            return;
        }

        int[] source = [.. text];
        text.Clear();
        foreach (int point in source)
        {
            AppendDecomposed(text, point);
        }

        OrderMarks(CollectionsMarshal.AsSpan(text));
    }

    /// <summary>NFC, in place.</summary>
    public static void Compose(List<int> text)
    {
        if (!CollectionsMarshal.AsSpan(text).ContainsAnyExceptInRange(0, FirstMark - 1))
        {
            return;
        }

        Decompose(text);
        var points = CollectionsMarshal.AsSpan(text);
        int kept = 0;
        int starter = -1;
        int last = -1;      // class of the latest mark kept after the starter; -1 for none
        foreach (int point in points)
        {
            int combining = ClassOf(point);
            if (starter >= 0 && last < combining && TryCompose(points[starter], point, out int composed))
            {
                points[starter] = composed;
                continue;
            }

            if (combining == 0)
            {
                starter = kept;
                last = -1;
            }
            else
            {
                last = combining;
            }

            points[kept++] = point;
        }

        CollectionsMarshal.SetCount(text, kept);
    }

    private static void AppendDecomposed(List<int> target, int point)
    {
        if (point < FirstDecomposed)
        {
            target.Add(point);
        }
        else if ((uint)(point - SyllableBase) < SyllableCount)
        {
            int syllable = point - SyllableBase;
            target.Add(LeadBase + syllable / (VowelCount * TailCount));
            target.Add(VowelBase + syllable % (VowelCount * TailCount) / TailCount);
            if (syllable % TailCount != 0)
            {
                target.Add(TailBase + syllable % TailCount);
            }
        }
        else if (s_decompositions.TryGetValue(point, out var parts))
        {
            foreach (int part in parts)
            {
                AppendDecomposed(target, part);
            }
        }
        else
        {
            target.Add(point);
        }
    }

    /// <summary>Puts each run of marks in order of class, those of one class as they stood.</summary>
    private static void OrderMarks(Span<int> text)
    {
        for (int start = 0; start < text.Length; start++)
        {
            if (ClassOf(text[start]) == 0)
            {
                continue;
            }

            int end = start + 1;
            while (end < text.Length && ClassOf(text[end]) != 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                // The place in the run makes equal classes unequal: the sort is stable, and n log n for a hostile run.
                var run = text[start..end];
                var keys = new long[run.Length];
                for (int i = 0; i < keys.Length; i++)
                {
                    keys[i] = ((long)ClassOf(run[i]) << 32) | (uint)i;
                }

                keys.AsSpan().Sort(run);
            }

            start = end;
        }
    }

    private static bool TryCompose(int first, int second, out int composed)
    {
        if ((uint)(first - LeadBase) < LeadCount && (uint)(second - VowelBase) < VowelCount)
        {
            composed = SyllableBase + ((first - LeadBase) * VowelCount + (second - VowelBase)) * TailCount;
            return true;
        }

        if ((uint)(first - SyllableBase) < SyllableCount
            && (first - SyllableBase) % TailCount == 0
            && second > TailBase
            && second < TailBase + TailCount)
        {
            composed = first + second - TailBase;
            return true;
        }

        return s_compositions.TryGetValue(Pair(first, second), out composed);
    }

    private static byte ClassOf(int point) =>
        point < FirstMark ? (byte)0 : s_classes.GetValueOrDefault(point);

    private static long Pair(int first, int second) => ((long)first << 32) | (uint)second;

    private static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}

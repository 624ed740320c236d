using Filip.Embeddings.Tokenizers.Unicode;

namespace Filip.Embeddings.Tokenizers;

/// <summary>
/// CLIP's pattern <c>'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+</c>, read off by hand over scalar values:
/// contractions, runs of letters, digits one by one, runs of anything else; white space is dropped.
/// </summary>
internal static class ClipSplitter
{
    private static readonly CodePointSet s_letters = UnicodeTables.Set("clip.letters");
    private static readonly CodePointSet s_numbers = UnicodeTables.Set("clip.numbers");

    private enum Kind : byte
    {
        Other,
        Space,
        Letter,
        Number,
    }

    /// <summary>The next word from a place on.</summary>
    /// <returns>Where it starts and ends; both at the text's end where there is none.</returns>
    public static (int Start, int End) Next(ReadOnlySpan<int> text, int from)
    {
        int start = from;
        while (start < text.Length && KindOf(text[start]) == Kind.Space)
        {
            start++;
        }

        if (start == text.Length)
        {
            return (start, start);
        }

        int contraction = ContractionAt(text[start..]);
        if (contraction > 0)
        {
            return (start, start + contraction);
        }

        var kind = KindOf(text[start]);
        int end = start + 1;
        while (kind != Kind.Number && end < text.Length && KindOf(text[end]) == kind)
        {
            end++;
        }

        return (start, end);
    }

    private static int ContractionAt(ReadOnlySpan<int> text)
    {
        if (text.Length < 2 || text[0] != '\'')
        {
            return 0;
        }

        return (text[1], text.Length > 2 ? text[2] : 0) switch
        {
            ('s' or 't' or 'm' or 'd', _) => 2,
            ('r' or 'v', 'e') or ('l', 'l') => 3,
            _ => 0,
        };
    }

    private static Kind KindOf(int point) =>
        CodePointSet.WhiteSpace.Contains(point) ? Kind.Space
        : s_letters.Contains(point) ? Kind.Letter
        : s_numbers.Contains(point) ? Kind.Number
        : Kind.Other;
}

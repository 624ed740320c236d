namespace Filip.Relevance.Runs;

/// <summary>trec_eval's order: falling score; equal scores by falling document id, ids compared as UTF-8 bytes.</summary>
public sealed class DocumentOrder : IComparer<RankedDocument>
{
    private DocumentOrder()
    {
    }

    /// <summary>The order.</summary>
    public static DocumentOrder TrecEval { get; } = new();

    /// <inheritdoc/>
    public int Compare(RankedDocument x, RankedDocument y)
    {
        int byScore = y.Score.CompareTo(x.Score);
        return byScore != 0 ? byScore : CompareAsBytes(y.Id, x.Id);
    }

    /// <summary>Compares two strings as their UTF-8 bytes would compare.</summary>
    /// <remarks>UTF-16 units compare otherwise: surrogates (beyond U+FFFF) lie below U+E000..U+FFFF.</remarks>
    internal static int CompareAsBytes(string x, string y)
    {
        int length = Math.Min(x.Length, y.Length);
        for (int i = 0; i < length; i++)
        {
            if (x[i] != y[i])
            {
                return InCodePointOrder(x[i]) - InCodePointOrder(y[i]);
            }
        }

        return x.Length - y.Length;
    }

    private static int InCodePointOrder(char unit) => unit switch
    {
        < '\uD800' => unit,
        <= '\uDFFF' => unit + 0x2000,
        _ => unit - 0x800,
    };
}

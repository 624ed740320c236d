using System.Runtime.InteropServices;
using Filip.Embeddings.Tokenizers.Unicode;

namespace Filip.Embeddings.Tokenizers;

/// <summary>BERT's way to make text plain, in the reference's order: clean, set Chinese apart, strip accents, lower-case.</summary>
/// <param name="CleansText">Control, format and private-use characters and U+FFFD go; white space becomes a blank.</param>
/// <param name="SplitsChinese">Each Chinese character gets blanks round it.</param>
/// <param name="StripsAccents">Decomposed, and non-spacing marks go.</param>
/// <param name="LowerCases">Character by character.</param>
internal sealed record BertNormalizer(bool CleansText, bool SplitsChinese, bool StripsAccents, bool LowerCases)
{
    private static readonly CodePointSet s_removed = UnicodeTables.Set("bert.removed");
    private static readonly CodePointSet s_marks = UnicodeTables.Set("bert.marks");

    /// <summary>Normalizes in place.</summary>
    public void Apply(List<int> text)
    {
        if (CleansText || SplitsChinese)
        {
            CleanAndSplit(text);
        }

        if (StripsAccents)
        {
            CanonicalForms.Decompose(text);
            text.RemoveAll(s_marks.Contains);
        }

        if (LowerCases)
        {
            LowerAll(text);
        }
    }

    private void CleanAndSplit(List<int> text)
    {
        var source = text.ToArray();
        text.Clear();
        foreach (int scalar in source)
        {
            if (CleansText && s_removed.Contains(scalar))
            {
                continue;
            }

            if (SplitsChinese && IsChinese(scalar))
            {
                text.Add(' ');
                text.Add(scalar);
                text.Add(' ');
            }
            else
            {
                text.Add(CleansText && CodePointSet.WhiteSpace.Contains(scalar) ? ' ' : scalar);
            }
        }
    }

    private static void LowerAll(List<int> text)
    {
        if (!CollectionsMarshal.AsSpan(text).ContainsAnyExceptInRange('a', 'z'))
        {
            return;
        }

        var source = text.ToArray();
        text.Clear();
        foreach (int scalar in source)
        {
            LowerCase.Rust.AppendTo(text, scalar);
        }
    }

    /// <summary>The reference's blocks; its fifth starts at U+2B920, a slip of the pen that trained models know.</summary>
    private static bool IsChinese(int scalar) => scalar is
        (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF)
        or (>= 0x2A700 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF)
        or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}

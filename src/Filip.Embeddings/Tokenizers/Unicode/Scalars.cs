using System.Text;

namespace Filip.Embeddings.Tokenizers.Unicode;

/// <summary>Text as Unicode scalar values, the unit that the reference implementations work in.</summary>
internal static class Scalars
{
    /// <summary>The scalar values of a text; each lone surrogate becomes U+FFFD.</summary>
    public static List<int> Of(string text)
    {
        var scalars = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            scalars.Add(rune.Value);
        }

        return scalars;
    }

    /// <summary>Writes scalar values as UTF-16.</summary>
    /// <returns>How many chars were written.</returns>
    public static int WriteUtf16(ReadOnlySpan<int> scalars, Span<char> target)
    {
        int written = 0;
        foreach (int scalar in scalars)
        {
            if (scalar < 0x10000)
            {
                target[written++] = (char)scalar;
            }
            else
            {
                written += new Rune(scalar).EncodeToUtf16(target[written..]);
            }
        }

        return written;
    }

    /// <summary>The text of scalar values.</summary>
    public static string Text(ReadOnlySpan<int> scalars)
    {
        var chars = new char[scalars.Length * 2];
        return new string(chars, 0, WriteUtf16(scalars, chars));
    }
}

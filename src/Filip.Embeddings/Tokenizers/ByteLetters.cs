using System.Buffers;
using System.Text;

namespace Filip.Embeddings.Tokenizers;

/// <summary>The byte-level alphabet: each byte is written as one printable character.</summary>
/// <remarks>Bytes that are visible in Latin-1 stand for themselves; the others, in order, are U+0100 and on.</remarks>
internal static class ByteLetters
{
    private static readonly char[] s_letters = MakeLetters();
    private static readonly Dictionary<char, byte> s_bytes =
        s_letters.Select((letter, index) => (letter, index)).ToDictionary(pair => pair.letter, pair => (byte)pair.index);

    /// <summary>How a byte is written.</summary>
    public static char Letter(byte value) => s_letters[value];

    /// <summary>What a person reads: bytes decoded as UTF-8 (halves of characters as U+FFFD).</summary>
    /// <param name="entry">An entry; where it holds a character outside the alphabet it is given back as it is.</param>
    public static string Decode(string entry)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(entry.Length);
        try
        {
            for (int i = 0; i < entry.Length; i++)
            {
                if (!s_bytes.TryGetValue(entry[i], out bytes[i]))
                {
                    return entry;
                }
            }

            return Encoding.UTF8.GetString(bytes, 0, entry.Length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static char[] MakeLetters()
    {
        var letters = new char[256];
        char next = '\u0100';
        for (int value = 0; value < 256; value++)
        {
            bool visible = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            letters[value] = visible ? (char)value : next++;
        }

        return letters;
    }
}

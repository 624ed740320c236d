namespace Filip.Embeddings.Pictures.Jpeg;

/// <summary>A canonical Huffman code of at most 16 bits.</summary>
internal sealed class HuffmanTable
{
    private const int ShortBits = 9;

    private readonly ushort[] _short = new ushort[1 << ShortBits];
    private readonly int[] _limit = new int[17];
    private readonly int[] _offset = new int[17];
    private readonly byte[] _symbols;

    /// <summary>Builds the code.</summary>
    /// <param name="counts">How many codes there are of each length, 1 to 16.</param>
    /// <param name="symbols">What the codes stand for, shortest first.</param>
    /// <exception cref="PictureRefusedException">No code has these lengths.</exception>
    public HuffmanTable(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        _symbols = symbols.ToArray();
        (int code, int index) = (0, 0);
        for (int length = 1; length <= 16; length++)
        {
            _offset[length] = index - code;
            code += counts[length - 1];
            index += counts[length - 1];

            // The code of all ones is kept free by the standard, so a full length is an impossible one.
            PictureRefusedException.CorruptIf(
                code >= 1 << length && index > 0, "A Huffman table has more codes of one length than there can be.");

            Remember(length, code - counts[length - 1], symbols[(index - counts[length - 1])..index]);

            // Left-aligned to 16 bits: the first value that no code up to this length begins with.
            _limit[length] = code << (16 - length);
            code <<= 1;
        }
    }

    /// <summary>The code that the next 16 bits begin with; a length of 0 where there is none.</summary>
    public (int Length, int Symbol) Find(int bits)
    {
        if (_short[bits >> (16 - ShortBits)] is > 0 and var known)
        {
            return (known >> 8, known & 0xFF);
        }

        for (int length = 1; length <= 16; length++)
        {
            if (bits < _limit[length])
            {
                return (length, _symbols[(bits >> (16 - length)) + _offset[length]]);
            }
        }

        return (0, 0);
    }

    // Length and symbol for each prefix that begins with a short code: most codes are, and the walk over a picture is many.
    private void Remember(int length, int code, ReadOnlySpan<byte> symbols)
    {
        for (int i = 0; length <= ShortBits && i < symbols.Length; i++)
        {
            _short.AsSpan((code + i) << (ShortBits - length), 1 << (ShortBits - length)).Fill((ushort)((length << 8) | symbols[i]));
        }
    }
}

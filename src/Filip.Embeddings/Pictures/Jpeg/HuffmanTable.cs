namespace Filip.Embeddings.Pictures.Jpeg;

/// <summary>A canonical Huffman code of at most 16 bits, with a table for the short codes.</summary>
internal sealed class HuffmanTable
{
    private const int LookBits = 9;

    // By the next bits: length in the high byte, symbol in the low; 0 where the code is longer.
    private readonly ushort[] _look = new ushort[1 << LookBits];
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

            // The code of all ones is kept free by the standard, so a full length is an impossible one.
            PictureRefusedException.CorruptIf(
                code + counts[length - 1] >= 1 << length && index + counts[length - 1] > 0,
                "A Huffman table has more codes of one length than there can be.");
            for (int i = 0; i < counts[length - 1]; i++, code++, index++)
            {
                if (length <= LookBits)
                {
                    _look.AsSpan(code << (LookBits - length), 1 << (LookBits - length))
                        .Fill((ushort)((length << 8) | _symbols[index]));
                }
            }

            // Left-aligned to 16 bits: the first value that no code up to this length begins with.
            _limit[length] = code << (16 - length);
            code <<= 1;
        }
    }

    /// <summary>The code that the next 16 bits begin with: its length times 256 plus its symbol; 0 where there is none.</summary>
    public int Find(int bits)
    {
        int found = _look[bits >> (16 - LookBits)];
        for (int length = LookBits + 1; found == 0 && length <= 16; length++)
        {
            if (bits < _limit[length])
            {
                return (length << 8) | _symbols[(bits >> (16 - length)) + _offset[length]];
            }
        }

        return found;
    }
}

namespace Filip.Embeddings.Pictures.Jpeg;

/// <summary>A canonical Huffman code of at most 16 bits, with a table for the short codes.</summary>
internal sealed class HuffmanTable
{
    /// <summary>Codes up to this length are found by one look.</summary>
    public const int LookBits = 9;

    private readonly int[] _limit = new int[18];
    private readonly int[] _offset = new int[17];
    private readonly byte[] _symbols;

    /// <summary>Builds the code.</summary>
    /// <param name="counts">How many codes there are of each length, 1 to 16.</param>
    /// <param name="symbols">What the codes stand for, shortest first.</param>
    /// <exception cref="PictureRefusedException">No code has these lengths.</exception>
    public HuffmanTable(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        _symbols = symbols.ToArray();
        int code = 0;
        int index = 0;
        for (int length = 1; length <= 16; length++)
        {
            _offset[length] = index - code;
            for (int i = 0; i < counts[length - 1]; i++, code++, index++)
            {
                if (length <= LookBits)
                {
                    int first = code << (LookBits - length);
                    int count = 1 << (LookBits - length);
                    if (first + count <= Look.Length)
                    {
                        Look.AsSpan(first, count).Fill((ushort)((length << 8) | _symbols[index]));
                    }
                }
            }

            // The code of all ones is kept free by the standard, so a full length is an impossible one.
            if (code >= 1 << length && index > 0)
            {
                throw PictureRefusedException.Corrupt($"A Huffman table has more codes of length {length} than there can be.");
            }

            // Left-aligned to 16 bits: the first value that no code up to this length begins with.
            _limit[length] = code << (16 - length);
            code <<= 1;
        }

        _limit[17] = int.MaxValue;
    }

    /// <summary>By the next <see cref="LookBits"/> bits: length in the high byte, symbol in the low; 0 where the code is longer.</summary>
    public ushort[] Look { get; } = new ushort[1 << LookBits];

    /// <summary>Finds a code longer than <see cref="LookBits"/> from the next 16 bits.</summary>
    /// <exception cref="PictureRefusedException">No code begins so.</exception>
    public (int Length, int Symbol) FindLong(int bits)
    {
        int length = LookBits + 1;
        while (length <= 16 && bits >= _limit[length])
        {
            length++;
        }

        int index = length <= 16 ? (bits >> (16 - length)) + _offset[length] : -1;
        return (uint)index < (uint)_symbols.Length
            ? (length, _symbols[index])
            : throw PictureRefusedException.Corrupt("The coded data holds a Huffman code that its table does not have.");
    }
}

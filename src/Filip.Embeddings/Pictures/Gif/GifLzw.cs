namespace Filip.Embeddings.Pictures.Gif;

/// <summary>GIF's kind of LZW: codes of up to 12 bits, least significant bit first.</summary>
internal static class GifLzw
{
    private const int MostCodes = 4096;

    /// <summary>Decodes exactly one frame's indices.</summary>
    /// <param name="coded">The joined sub-blocks.</param>
    /// <param name="rootBits">Bits of a plain index, 1 to 8.</param>
    /// <param name="indices">Receives the frame; every index of it must be coded.</param>
    /// <exception cref="PictureRefusedException">Codes end early or cannot be.</exception>
    public static void Decode(ReadOnlySpan<byte> coded, int rootBits, Span<byte> indices)
    {
        if (rootBits is < 1 or > 8)
        {
            throw PictureRefusedException.Corrupt($"LZW with roots of {rootBits} bits; GIF has 1 to 8.");
        }

        Span<ushort> prefix = stackalloc ushort[MostCodes];
        Span<ushort> length = stackalloc ushort[MostCodes];
        Span<byte> suffix = stackalloc byte[MostCodes];
        Span<byte> first = stackalloc byte[MostCodes];
        int clear = 1 << rootBits;
        for (int root = 0; root < clear; root++)
        {
            (suffix[root], first[root], length[root]) = ((byte)root, (byte)root, 1);
        }

        int end = clear + 1;
        (int next, int bits, int previous) = (clear + 2, rootBits + 1, -1);
        uint window = 0;
        int available = 0;
        int position = 0;
        int written = 0;
        while (written < indices.Length)
        {
            while (available < bits)
            {
                if (position >= coded.Length)
                {
                    throw PictureRefusedException.Truncated("The frame's data ends before its last row.");
                }

                window |= (uint)coded[position++] << available;
                available += 8;
            }

            int code = (int)(window & ((1u << bits) - 1));
            window >>= bits;
            available -= bits;
            if (code == clear)
            {
                (next, bits, previous) = (clear + 2, rootBits + 1, -1);
                continue;
            }

            if (code == end)
            {
                throw PictureRefusedException.Truncated("The frame's data says that it ends before its last row.");
            }

            if (code > next || (previous < 0 && code >= clear) || (code == next && next >= MostCodes))
            {
                throw PictureRefusedException.Corrupt("An LZW code before its definition.");
            }

            if (previous >= 0 && next < MostCodes)
            {
                // The code just read may be the one being defined: then it ends as it begins.
                (prefix[next], first[next]) = ((ushort)previous, first[previous]);
                suffix[next] = code == next ? first[previous] : first[code];
                length[next] = (ushort)(length[previous] + 1);
                next++;
                if (next == 1 << bits && bits < 12)
                {
                    bits++;
                }
            }

            int count = length[code];
            int kept = Math.Min(count, indices.Length - written);
            int walk = code;
            for (int i = count - 1; i >= 0; i--, walk = prefix[walk])
            {
                if (i < kept)
                {
                    indices[written + i] = suffix[walk];
                }
            }

            written += kept;
            previous = code;
        }
    }
}

namespace Filip.Embeddings.Pictures.Gif;

/// <summary>GIF's kind of LZW: codes of up to 12 bits, least significant bit first.</summary>
internal static class GifLzw
{
    private const int MostCodes = 4096;

    /// <summary>Counts the pixels that one frame's codes stand for, until all are there; keeps none.</summary>
    /// <param name="coded">The joined sub-blocks.</param>
    /// <param name="rootBits">Bits of a plain index.</param>
    /// <param name="pixels">The frame's size.</param>
    /// <param name="colours">The palette's size.</param>
    /// <param name="transparent">An index that needs no colour; -1 for none.</param>
    /// <exception cref="PictureRefusedException">Codes end early or cannot be.</exception>
    public static void Walk(ReadOnlySpan<byte> coded, int rootBits, int pixels, int colours, int transparent)
    {
        PictureRefusedException.CorruptIf(rootBits is < 2 or > 8, $"LZW with roots of {rootBits} bits; GIF has 2 to 8.");
        Span<ushort> length = stackalloc ushort[MostCodes];
        int clear = 1 << rootBits;
        length[..clear].Fill(1);
        (int next, int bits, int previous) = (clear + 2, rootBits + 1, -1);
        (uint window, int available, int position) = (0, 0, 0);
        while (pixels > 0)
        {
            while (available < bits)
            {
                PictureRefusedException.TruncatedIf(
                    position >= coded.Length, "The frame's data ends before its last row.");
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

            PictureRefusedException.TruncatedIf(
                code == clear + 1, "The frame's data says that it ends before its last row.");
            PictureRefusedException.CorruptIf(
                code > next || (previous < 0 && code >= clear) || (code == next && next >= MostCodes),
                "An LZW code before its definition.");

            // Longer codes are made of indices that came before, so only a plain one can be the first that is wrong.
            PictureRefusedException.CorruptIf(
                code < clear && code >= colours && code != transparent, "An index that the palette does not have.");
            if (previous >= 0 && next < MostCodes)
            {
                length[next++] = (ushort)(length[previous] + 1);
                if (next == 1 << bits && bits < 12)
                {
                    bits++;
                }
            }

            pixels -= length[code];
            previous = code;
        }
    }
}

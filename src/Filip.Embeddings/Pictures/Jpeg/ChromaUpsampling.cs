namespace Filip.Embeddings.Pictures.Jpeg;

/// <summary>Brings components with fewer samples to the picture's size as libjpeg-turbo does, whose pixels models were trained on.</summary>
/// <remarks>
/// ImageSharp repeats samples. A triangle filter instead: each new sample is 3/4 of the nearer and 1/4 of the farther
/// old one, each way; halves are rounded up and down in turn, so that no drift arises. Rows and columns beyond the edge
/// repeat the last one. Where libjpeg-turbo has no such filter (4:1:1, two columns) samples stay repeated.
/// </remarks>
internal static class ChromaUpsampling
{
    private const int Bits = 16;
    private const int Half = 1 << (Bits - 1);
    private const int RedOfCr = 91881;       // 1.40200 × 65536
    private const int BlueOfCb = 116130;     // 1.77200
    private const int GreenOfCr = 46802;     // 0.71414
    private const int GreenOfCb = 22554;     // 0.34414

    /// <summary>The picture with smooth components.</summary>
    /// <param name="repeated">Three components for each pixel as they were coded, samples repeated.</param>
    /// <param name="frame">The sampling factors.</param>
    /// <param name="luminance">Whether the components are Y, Cb, Cr and become RGB; else they are RGB.</param>
    public static RgbPicture Raise(RgbPicture repeated, JpegFrame frame, bool luminance)
    {
        byte[] pixels = repeated.Pixels.AsSpan().ToArray();
        int[] sums = new int[frame.Width];
        for (int y = 0; y < frame.Height; y++)
        {
            Span<byte> row = pixels.AsSpan(3 * frame.Width * y, 3 * frame.Width);
            for (int index = 0; index < 3; index++)
            {
                JpegComponent component = frame.Components[index];
                (int across, int down) = (frame.MaxH / component.H, frame.MaxV / component.V);
                int width = (frame.Width + across - 1) / across;
                if ((across, down) is (1, 2) || (across == 2 && down <= 2 && width > 2))
                {
                    Sum(repeated, y, index, across, down, sums.AsSpan(0, width));
                    Write(sums.AsSpan(0, width), across, down, upper: (y & 1) == 0, row[index..]);
                }
            }

            if (luminance)
            {
                ToRgb(row);
            }
        }

        return new RgbPicture(pixels, frame.Width, frame.Height);
    }

    /// <summary>A component's row as it lies between its two coded rows: fourfold, or onefold where rows are whole.</summary>
    private static void Sum(RgbPicture repeated, int y, int index, int across, int down, Span<int> sums)
    {
        byte[] samples = repeated.Pixels;
        int near = y / down;
        int far = Math.Clamp(near + ((y & 1) == 0 ? -1 : 1), 0, (repeated.Height - 1) / down);
        int from = (3 * repeated.Width * near * down) + index;
        int other = (3 * repeated.Width * far * down) + index;
        for (int x = 0; x < sums.Length; x++, from += 3 * across, other += 3 * across)
        {
            sums[x] = down == 1 ? samples[from] : (3 * samples[from]) + samples[other];
        }
    }

    private static void Write(ReadOnlySpan<int> sums, int across, int down, bool upper, Span<byte> to)
    {
        if (across == 1)
        {
            for (int x = 0; x < sums.Length; x++)
            {
                to[3 * x] = (byte)((sums[x] + (upper ? 1 : 2)) >> 2);
            }

            return;
        }

        (int even, int odd, int shift) = down == 1 ? (1, 2, 2) : (8, 7, 4);
        for (int x = 0; x < sums.Length; x++)
        {
            int left = sums[Math.Max(x - 1, 0)];
            int right = sums[Math.Min(x + 1, sums.Length - 1)];
            to[6 * x] = (byte)(((3 * sums[x]) + left + even) >> shift);
            if ((6 * x) + 3 < to.Length)
            {
                to[(6 * x) + 3] = (byte)(((3 * sums[x]) + right + odd) >> shift);
            }
        }
    }

    private static void ToRgb(Span<byte> row)
    {
        for (int x = 0; x < row.Length; x += 3)
        {
            (int y, int cb, int cr) = (row[x], row[x + 1] - 128, row[x + 2] - 128);
            row[x] = (byte)Math.Clamp(y + (((RedOfCr * cr) + Half) >> Bits), 0, 255);
            row[x + 1] = (byte)Math.Clamp(y + ((Half - (GreenOfCb * cb) - (GreenOfCr * cr)) >> Bits), 0, 255);
            row[x + 2] = (byte)Math.Clamp(y + (((BlueOfCb * cb) + Half) >> Bits), 0, 255);
        }
    }
}

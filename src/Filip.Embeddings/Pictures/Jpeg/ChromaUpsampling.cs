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
        byte[] pixels = new byte[repeated.Pixels.Length];
        int[] sums = new int[frame.Width];
        byte[][] rows = [new byte[frame.Width + 1], new byte[frame.Width + 1], new byte[frame.Width + 1]];
        for (int y = 0; y < frame.Height; y++)
        {
            for (int index = 0; index < 3; index++)
            {
                JpegComponent component = frame.Components[index];
                (int across, int down) = (frame.MaxH / component.H, frame.MaxV / component.V);
                if ((across, down) is not ((1, 2) or (2, 1) or (2, 2)) || (across == 2 && frame.Width <= 4))
                {
                    (across, down) = (1, 1);        // stays as it is
                }

                Span<int> columns = sums.AsSpan(0, (frame.Width + across - 1) / across);
                Sum(repeated, y, index, across, down, columns);
                Write(columns, across, down, upper: (y & 1) == 0, rows[index]);
            }

            Span<byte> row = pixels.AsSpan(3 * frame.Width * y, 3 * frame.Width);
            if (luminance)
            {
                ToRgb(rows[0], rows[1], rows[2], row);
            }
            else
            {
                Interleave(rows[0], rows[1], rows[2], row);
            }
        }

        return new RgbPicture(pixels, frame.Width, frame.Height);
    }

    /// <summary>A component's row as it lies between its two coded rows: fourfold, or onefold where rows are whole.</summary>
    private static void Sum(RgbPicture repeated, int y, int index, int across, int down, Span<int> sums)
    {
        int stride = 3 * repeated.Width;
        int near = y / down;
        int far = Math.Clamp(near + ((y & 1) == 0 ? -1 : 1), 0, (repeated.Height - 1) / down);
        ReadOnlySpan<byte> nearer = repeated.Pixels.AsSpan(stride * near * down, stride);
        ReadOnlySpan<byte> farther = repeated.Pixels.AsSpan(stride * far * down, stride);
        for (int x = 0, from = index; x < sums.Length; x++, from += 3 * across)
        {
            sums[x] = down == 1 ? nearer[from] : (3 * nearer[from]) + farther[from];
        }
    }

    /// <summary>The samples that lie between the columns of <paramref name="sums"/>; of an odd width one more.</summary>
    private static void Write(ReadOnlySpan<int> sums, int across, int down, bool upper, Span<byte> to)
    {
        if (across == 1)
        {
            (int half, int bits) = down == 1 ? (0, 0) : (upper ? 1 : 2, 2);
            for (int x = 0; x < sums.Length; x++)
            {
                to[x] = (byte)((sums[x] + half) >> bits);
            }

            return;
        }

        (int even, int odd, int shift) = down == 1 ? (1, 2, 2) : (8, 7, 4);
        (int left, int here) = (sums[0], sums[0]);
        for (int x = 0; x < sums.Length; x++)
        {
            int right = x + 1 < sums.Length ? sums[x + 1] : here;
            to[2 * x] = (byte)(((3 * here) + left + even) >> shift);
            to[(2 * x) + 1] = (byte)(((3 * here) + right + odd) >> shift);
            (left, here) = (here, right);
        }
    }

    private static void Interleave(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, Span<byte> row)
    {
        for (int x = 0, to = 0; to < row.Length; x++, to += 3)
        {
            (row[to], row[to + 1], row[to + 2]) = (a[x], b[x], c[x]);
        }
    }

    private static void ToRgb(ReadOnlySpan<byte> light, ReadOnlySpan<byte> blue, ReadOnlySpan<byte> red, Span<byte> row)
    {
        for (int x = 0, to = 0; to < row.Length; x++, to += 3)
        {
            (int y, int cb, int cr) = (light[x], blue[x] - 128, red[x] - 128);
            row[to] = Clamp(y + (((RedOfCr * cr) + Half) >> Bits));
            row[to + 1] = Clamp(y + ((Half - (GreenOfCb * cb) - (GreenOfCr * cr)) >> Bits));
            row[to + 2] = Clamp(y + (((BlueOfCb * cb) + Half) >> Bits));
        }
    }

    private static byte Clamp(int value) => (byte)Math.Min(Math.Max(value, 0), 255);
}

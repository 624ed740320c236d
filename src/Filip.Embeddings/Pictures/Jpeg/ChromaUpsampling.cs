namespace Filip.Embeddings.Pictures.Jpeg;

/// <summary>Brings a component's row to the picture's width as libjpeg-turbo does: a triangle filter where it has one, else repetition.</summary>
/// <remarks>
/// Each new sample is 3/4 of the nearer and 1/4 of the farther old one, each way; halves are rounded up and down in
/// turn, so that no drift arises. Rows and columns beyond the edge repeat the last one.
/// </remarks>
internal static class ChromaUpsampling
{
    /// <summary>One row of the picture.</summary>
    /// <param name="component">Its decoded plane.</param>
    /// <param name="frame">The largest sampling factors and the size.</param>
    /// <param name="y">Row of the picture.</param>
    /// <param name="scratch">At least the component's width of sums.</param>
    /// <param name="row">Receives at least the picture's width; may be written a few samples beyond it.</param>
    public static void Write(JpegComponent component, JpegFrame frame, int y, Span<int> scratch, Span<byte> row)
    {
        int across = frame.MaxH / component.H;
        int down = frame.MaxV / component.V;
        int width = component.Width;
        bool wideEnough = width > 2;
        ReadOnlySpan<byte> near = Row(component, y / down);
        if (across == 2 && down == 1 && wideEnough)
        {
            RaiseAcross(near[..width], row);
        }
        else if (down == 2 && ((across == 2 && wideEnough) || across == 1))
        {
            bool upper = (y & 1) == 0;
            ReadOnlySpan<byte> far = Row(component, Math.Clamp((y / 2) + (upper ? -1 : 1), 0, component.Height - 1));
            if (across == 1)
            {
                int bias = upper ? 1 : 2;
                for (int x = 0; x < width; x++)
                {
                    row[x] = (byte)(((near[x] * 3) + far[x] + bias) >> 2);
                }
            }
            else
            {
                Span<int> sums = scratch[..width];
                for (int x = 0; x < sums.Length; x++)
                {
                    sums[x] = (near[x] * 3) + far[x];
                }

                RaiseSums(sums, row);
            }
        }
        else
        {
            for (int x = 0; x < frame.Width; x++)
            {
                row[x] = near[x / across];
            }
        }
    }

    private static ReadOnlySpan<byte> Row(JpegComponent component, int row) =>
        component.Plane.AsSpan(row * component.Stride, component.Stride);

    private static void RaiseAcross(ReadOnlySpan<byte> from, Span<byte> to)
    {
        int last = from.Length - 1;
        to[0] = from[0];
        to[1] = (byte)(((from[0] * 3) + from[1] + 2) >> 2);
        for (int x = 1; x < last; x++)
        {
            int three = from[x] * 3;
            to[2 * x] = (byte)((three + from[x - 1] + 1) >> 2);
            to[(2 * x) + 1] = (byte)((three + from[x + 1] + 2) >> 2);
        }

        to[2 * last] = (byte)(((from[last] * 3) + from[last - 1] + 1) >> 2);
        to[(2 * last) + 1] = from[last];
    }

    private static void RaiseSums(ReadOnlySpan<int> sums, Span<byte> to)
    {
        int last = sums.Length - 1;
        to[0] = (byte)(((sums[0] * 4) + 8) >> 4);
        to[1] = (byte)(((sums[0] * 3) + sums[1] + 7) >> 4);
        for (int x = 1; x < last; x++)
        {
            int three = sums[x] * 3;
            to[2 * x] = (byte)((three + sums[x - 1] + 8) >> 4);
            to[(2 * x) + 1] = (byte)((three + sums[x + 1] + 7) >> 4);
        }

        to[2 * last] = (byte)(((sums[last] * 3) + sums[last - 1] + 8) >> 4);
        to[(2 * last) + 1] = (byte)(((sums[last] * 4) + 7) >> 4);
    }
}

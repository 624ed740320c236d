namespace Filip.Embeddings.Pictures;

/// <summary>White, as transparency is, wherever a first frame does not reach.</summary>
internal static class WhiteCanvas
{
    /// <summary>The frame at its place on the canvas, cut at the canvas's edges; the frame itself where it fills it.</summary>
    public static RgbPicture Place(RgbPicture frame, int left, int top, int width, int height)
    {
        if ((left, top, frame.Width, frame.Height) == (0, 0, width, height))
        {
            return frame;
        }

        byte[] pixels = new byte[3 * width * height];
        pixels.AsSpan().Fill(255);
        int columns = Math.Min(frame.Width, width - left);
        for (int y = 0; y < Math.Min(frame.Height, height - top) && columns > 0; y++)
        {
            frame.Pixels.AsSpan(3 * y * frame.Width, 3 * columns)
                .CopyTo(pixels.AsSpan(3 * (((top + y) * width) + left)));
        }

        return new RgbPicture(pixels, width, height);
    }
}

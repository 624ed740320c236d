namespace Filip.Embeddings.Pictures;

/// <summary>Draws how much each patch counts as a heat map over the picture.</summary>
public static class PatchOverlay
{
    // Dark blue, blue, cyan, yellow, red: dark to warm, and told apart on most pictures.
    private static readonly (byte R, byte G, byte B)[] s_ramp =
        [(13, 8, 60), (30, 80, 220), (0, 200, 210), (250, 220, 40), (230, 30, 20)];

    /// <summary>Blends the ramp over a copy of the picture; what the tower does not see is greyed.</summary>
    /// <remarks>
    /// Weights are stretched so that the lowest is 0 and the highest 1 (all equal: nothing is coloured), read between
    /// the patches' centres in straight lines, and weak ones let more of the picture through.
    /// </remarks>
    /// <param name="picture">The picture as decoded.</param>
    /// <param name="weights">One number a patch, row by row; any finite numbers.</param>
    /// <param name="rows">Rows of the grid.</param>
    /// <param name="columns">Columns of the grid.</param>
    /// <param name="geometry">How the tower's input lies over the picture.</param>
    /// <param name="opacity">Of the highest weight, 0 to 1.</param>
    /// <exception cref="ArgumentException">The weights are not one a patch, or not finite.</exception>
    public static RgbPicture Draw(
        RgbPicture picture, ReadOnlySpan<float> weights, int rows, int columns, PictureGeometry geometry, double opacity = 0.7)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(geometry);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        if (weights.Length != rows * columns)
        {
            throw new ArgumentException(
                $"A grid of {rows} x {columns} has {rows * columns} patches, got {weights.Length} weights.", nameof(weights));
        }

        if (geometry.Width != picture.Width || geometry.Height != picture.Height)
        {
            throw new ArgumentException(
                $"The geometry is of a picture of {geometry.Width} x {geometry.Height}, not {picture.Width} x {picture.Height}.",
                nameof(geometry));
        }

        float[] heat = Stretch(weights);
        byte[] pixels = (byte[])picture.Pixels.Clone();
        for (int y = 0, at = 0; y < picture.Height; y++)
        {
            double inputY = geometry.ToInputY(y + 0.5);
            for (int x = 0; x < picture.Width; x++, at += 3)
            {
                double inputX = geometry.ToInputX(x + 0.5);
                bool seen = inputX >= 0 && inputX < geometry.InputWidth && inputY >= 0 && inputY < geometry.InputHeight;
                Span<byte> pixel = pixels.AsSpan(at, 3);
                if (!seen)
                {
                    pixel.Fill((byte)((pixel[0] + pixel[1] + pixel[2] + (3 * 128)) / 6));
                    continue;
                }

                double value = Between(
                    heat, rows, columns,
                    (inputY * rows / geometry.InputHeight) - 0.5, (inputX * columns / geometry.InputWidth) - 0.5);
                Blend(pixel, value, opacity);
            }
        }

        return new RgbPicture(pixels, picture.Width, picture.Height);
    }

    private static float[] Stretch(ReadOnlySpan<float> weights)
    {
        (float low, float high) = (float.PositiveInfinity, float.NegativeInfinity);
        foreach (float weight in weights)
        {
            if (!float.IsFinite(weight))
            {
                throw new ArgumentException($"Expected finite weights, got {weight}.", nameof(weights));
            }

            (low, high) = (Math.Min(low, weight), Math.Max(high, weight));
        }

        float[] heat = new float[weights.Length];
        for (int i = 0; i < heat.Length && high > low; i++)
        {
            heat[i] = (weights[i] - low) / (high - low);
        }

        return heat;
    }

    private static double Between(float[] heat, int rows, int columns, double row, double column)
    {
        row = Math.Clamp(row, 0, rows - 1);
        column = Math.Clamp(column, 0, columns - 1);
        (int top, int left) = ((int)row, (int)column);
        (int bottom, int right) = (Math.Min(top + 1, rows - 1), Math.Min(left + 1, columns - 1));
        (double down, double across) = (row - top, column - left);
        double upper = (heat[(top * columns) + left] * (1 - across)) + (heat[(top * columns) + right] * across);
        double lower = (heat[(bottom * columns) + left] * (1 - across)) + (heat[(bottom * columns) + right] * across);
        return (upper * (1 - down)) + (lower * down);
    }

    private static void Blend(Span<byte> pixel, double value, double opacity)
    {
        double position = value * (s_ramp.Length - 1);
        int step = Math.Min((int)position, s_ramp.Length - 2);
        double part = position - step;
        ((byte R, byte G, byte B) from, (byte R, byte G, byte B) to) = (s_ramp[step], s_ramp[step + 1]);
        double alpha = Math.Clamp(opacity, 0, 1) * value;
        pixel[0] = Mix(pixel[0], from.R + ((to.R - from.R) * part), alpha);
        pixel[1] = Mix(pixel[1], from.G + ((to.G - from.G) * part), alpha);
        pixel[2] = Mix(pixel[2], from.B + ((to.B - from.B) * part), alpha);
    }

    private static byte Mix(byte under, double over, double alpha) =>
        (byte)Math.Round((under * (1 - alpha)) + (over * alpha));
}

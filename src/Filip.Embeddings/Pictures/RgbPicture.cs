namespace Filip.Embeddings.Pictures;

/// <summary>Decoded pixels: 8-bit RGB, interleaved, row-major, upright, alpha already over white.</summary>
public sealed class RgbPicture
{
    /// <summary>Wraps (does not copy) interleaved pixels.</summary>
    /// <param name="pixels">Exactly <c>3 × width × height</c> bytes.</param>
    /// <param name="width">Pixels in a row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <exception cref="ArgumentException">The number of bytes is another.</exception>
    public RgbPicture(byte[] pixels, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        if (pixels.Length != 3L * width * height)
        {
            throw new ArgumentException(
                $"A picture of {width} x {height} has {3L * width * height} bytes of RGB, got {pixels.Length}.", nameof(pixels));
        }

        Pixels = pixels;
        Width = width;
        Height = height;
    }

    /// <summary>R, G, B of each pixel, row by row from the top left.</summary>
    public byte[] Pixels { get; }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }
}

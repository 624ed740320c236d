namespace Filip.Embeddings.Pictures;

/// <summary>Largest picture that is decoded; read from the header before any pixel is.</summary>
public sealed record PictureLimits
{
    /// <summary>The limits used when none are given.</summary>
    public static PictureLimits Default { get; } = new();

    /// <summary>Longest side in pixels.</summary>
    /// <value>The default is 16,384.</value>
    public int Side { get; init; } = 16_384;

    /// <summary>Largest number of pixels.</summary>
    /// <value>The default is 64,000,000.</value>
    public long Area { get; init; } = 64_000_000;

    /// <summary>Largest file in bytes.</summary>
    /// <value>The default is 32,000,000.</value>
    public long FileBytes { get; init; } = 32_000_000;

    /// <summary>Refuses a size that is empty or beyond the limits.</summary>
    /// <exception cref="PictureRefusedException">The size is refused.</exception>
    internal void Check(long width, long height)
    {
        if (width <= 0 || height <= 0)
        {
            throw new PictureRefusedException(
                PictureRefusal.Corrupt, $"The header declares {width} x {height} pixels; a picture has at least one.");
        }

        if (width > Side || height > Side || width * height > Area)
        {
            throw new PictureRefusedException(
                PictureRefusal.TooLarge,
                $"The header declares {width} x {height} pixels; sides up to {Side} and {Area} pixels in all are decoded. Scale it down first.");
        }
    }
}

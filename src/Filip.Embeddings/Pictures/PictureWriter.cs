using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.PixelFormats;

namespace Filip.Embeddings.Pictures;

/// <summary>Writes pictures for reports and answers.</summary>
public static class PictureWriter
{
    /// <summary>A JPEG no larger than asked for.</summary>
    /// <param name="picture">The picture; never enlarged.</param>
    /// <param name="maxSide">Longest side of the thumbnail in pixels, at least 1.</param>
    /// <param name="quality">JPEG quality, 1 to 100.</param>
    public static byte[] JpegThumbnail(RgbPicture picture, int maxSide, int quality = 85)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(quality, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 100);
        return Encode(Thumbnail(picture, maxSide), new JpegEncoder { Quality = quality });
    }

    /// <summary>The picture as PNG, pixel by pixel.</summary>
    /// <param name="picture">The picture.</param>
    public static byte[] Png(RgbPicture picture) =>
        Encode(picture, new PngEncoder { ColorType = PngColorType.Rgb, BitDepth = PngBitDepth.Bit8 });

    /// <summary>The picture scaled down so that neither side passes the limit; the same one where it is small enough.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="maxSide">Longest side in pixels, at least 1.</param>
    public static RgbPicture Thumbnail(RgbPicture picture, int maxSide)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxSide);
        if (picture.Width <= maxSide && picture.Height <= maxSide)
        {
            return picture;
        }

        double scale = (double)maxSide / Math.Max(picture.Width, picture.Height);
        return ResizePlan.Resize(
            picture,
            Math.Clamp((int)Math.Round(picture.Width * scale), 1, maxSide),
            Math.Clamp((int)Math.Round(picture.Height * scale), 1, maxSide),
            ResizeFilter.Bicubic);
    }

    private static byte[] Encode(RgbPicture picture, SixLabors.ImageSharp.Formats.IImageEncoder encoder)
    {
        ArgumentNullException.ThrowIfNull(picture);
        using Image<Rgb24> image = Image.LoadPixelData<Rgb24>(picture.Pixels, picture.Width, picture.Height);
        using var file = new MemoryStream();
        image.Save(file, encoder);
        return file.ToArray();
    }
}

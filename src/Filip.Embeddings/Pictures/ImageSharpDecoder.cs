using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Bmp;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.Memory;
using SixLabors.ImageSharp.Metadata;
using SixLabors.ImageSharp.PixelFormats;

namespace Filip.Embeddings.Pictures;

/// <summary>The one door to ImageSharp's decoders: five of them, a bounded allocator, pixels laid over white.</summary>
/// <remarks>Only files that passed a fence come here: sizes are within the limits, and all coded data is there.</remarks>
internal static class ImageSharpDecoder
{
    private static readonly Configuration s_configuration = new(
        new JpegConfigurationModule(), new PngConfigurationModule(), new WebpConfigurationModule(),
        new GifConfigurationModule(), new BmpConfigurationModule())
    {
        // The largest there can be: 16 bits and alpha, 8 bytes a pixel, at the default limits.
        MemoryAllocator = MemoryAllocator.Create(
            new MemoryAllocatorOptions { MaximumPoolSizeMegabytes = 32, AllocationLimitMegabytes = 512 }),

        // The indexer decodes several pictures side by side; one picture must not take every core.
        MaxDegreeOfParallelism = 1,
    };

    // ImageSharp makes room for every code table that a lossless WebP says it has, up to 1.5 GB, past its allocator's
    // limit. One at a time keeps a folder of hostile ones from multiplying that.
    private static readonly Lock s_oneWebp = new();

    /// <summary>Decodes a JPEG; Adobe's inks become <c>(255 - C)(255 - K) / 255</c> and so on.</summary>
    public static RgbPicture Jpeg(MemoryStream file)
    {
        using Image<Rgb24> image = Decode<Rgb24>(new JpegDecoder { IgnoreMetadata = true }, file);
        return ToRgb(image);
    }

    /// <summary>Decodes a PNG; of samples of 16 bits the low byte is dropped.</summary>
    public static RgbPicture Png(MemoryStream file, bool wide)
    {
        var decoder = new PngDecoder { IgnoreMetadata = true };
        return wide
            ? OverWhite(Decode<Rgba64>(decoder, file), static pixel =>
                new Rgba32((byte)(pixel.R >> 8), (byte)(pixel.G >> 8), (byte)(pixel.B >> 8), (byte)(pixel.A >> 8)))
            : OverWhite(Decode<Rgba32>(decoder, file), static pixel => pixel);
    }

    /// <summary>Decodes the first frame of a GIF.</summary>
    public static RgbPicture Gif(MemoryStream file) => OverWhite(
        Decode<Rgba32>(new GifDecoder { IgnoreMetadata = true, DecodingMode = FrameDecodingMode.First }, file),
        static pixel => pixel);

    /// <summary>Decodes a still WebP.</summary>
    public static RgbPicture Webp(MemoryStream file)
    {
        lock (s_oneWebp)
        {
            return OverWhite(Decode<Rgba32>(new WebpDecoder { IgnoreMetadata = true }, file), static pixel => pixel);
        }
    }

    /// <summary>Decodes a BMP.</summary>
    public static RgbPicture Bmp(MemoryStream file) =>
        OverWhite(Decode<Rgba32>(new BmpDecoder(), file), static pixel => pixel);

    /// <summary>The pixels of an image without alpha.</summary>
    public static RgbPicture ToRgb(Image<Rgb24> image)
    {
        byte[] pixels = new byte[3 * image.Width * image.Height];
        image.CopyPixelDataTo(pixels);
        return new RgbPicture(pixels, image.Width, image.Height);
    }

    private static Image<TPixel> Decode<TPixel>(IImageDecoder decoder, MemoryStream file)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        file.Position = 0;
        return decoder.Decode<TPixel>(s_configuration, file, default);
    }

    private static RgbPicture OverWhite<TPixel>(Image<TPixel> decoded, Func<TPixel, Rgba32> narrow)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        using Image<TPixel> image = decoded;
        byte[] pixels = new byte[3 * image.Width * image.Height];
        image.ProcessPixelRows(accessor =>
        {
            int to = 0;
            for (int y = 0; y < accessor.Height; y++)
            {
                foreach (TPixel stored in accessor.GetRowSpan(y))
                {
                    Rgba32 pixel = narrow(stored);
                    pixels[to] = OverWhite(pixel.R, pixel.A);
                    pixels[to + 1] = OverWhite(pixel.G, pixel.A);
                    pixels[to + 2] = OverWhite(pixel.B, pixel.A);
                    to += 3;
                }
            }
        });
        return new RgbPicture(pixels, image.Width, image.Height);
    }

    /// <summary><c>value × alpha + 255 × (255 - alpha)</c>, over 255 and rounded to the nearest without a division.</summary>
    private static byte OverWhite(int value, int alpha)
    {
        int rounded = (value * alpha) + (255 * (255 - alpha)) + 128;
        return (byte)((rounded + (rounded >> 8)) >> 8);
    }
}

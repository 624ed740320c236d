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
    // ImageSharp makes room for every code table that a lossless WebP says it has, up to 1.5 GB, past its allocator's
    // limit. One at a time keeps a folder of hostile ones from multiplying that.
    private static readonly Lock s_oneWebp = new();

    /// <summary>Five formats and nothing else.</summary>
    public static Configuration Configuration { get; } = new(
        new JpegConfigurationModule(), new PngConfigurationModule(), new WebpConfigurationModule(),
        new GifConfigurationModule(), new BmpConfigurationModule())
    {
        // The largest there can be: 16 bits and alpha, 8 bytes a pixel, at the default limits.
        MemoryAllocator = MemoryAllocator.Create(
            new MemoryAllocatorOptions { MaximumPoolSizeMegabytes = 32, AllocationLimitMegabytes = 512 }),

        // The indexer decodes several pictures side by side; one picture must not take every core.
        MaxDegreeOfParallelism = 1,
    };

    /// <summary>A row in 8 bits: itself, or written to the second span.</summary>
    private delegate ReadOnlySpan<Rgba32> Narrow<TPixel>(ReadOnlySpan<TPixel> stored, Span<Rgba32> narrowed);

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
        if (!wide)
        {
            return OverWhite(Decode<Rgba32>(decoder, file), static (stored, _) => stored);
        }

        return OverWhite(Decode<Rgba64>(decoder, file), static (stored, narrowed) =>
        {
            for (int x = 0; x < stored.Length; x++)
            {
                Rgba64 pixel = stored[x];
                narrowed[x] = new Rgba32((byte)(pixel.R >> 8), (byte)(pixel.G >> 8), (byte)(pixel.B >> 8), (byte)(pixel.A >> 8));
            }

            return narrowed;
        });
    }

    /// <summary>Decodes the first frame of a GIF.</summary>
    public static RgbPicture Gif(MemoryStream file) => OverWhite(
        Decode<Rgba32>(new GifDecoder { IgnoreMetadata = true, DecodingMode = FrameDecodingMode.First }, file),
        static (stored, _) => stored);

    /// <summary>Decodes a still WebP.</summary>
    public static RgbPicture Webp(MemoryStream file)
    {
        lock (s_oneWebp)
        {
            return OverWhite(Decode<Rgba32>(new WebpDecoder { IgnoreMetadata = true }, file), static (stored, _) => stored);
        }
    }

    /// <summary>Decodes a BMP.</summary>
    public static RgbPicture Bmp(MemoryStream file) =>
        OverWhite(Decode<Rgba32>(new BmpDecoder(), file), static (stored, _) => stored);

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
        return decoder.Decode<TPixel>(Configuration, file, default);
    }

    private static RgbPicture OverWhite<TPixel>(Image<TPixel> decoded, Narrow<TPixel> narrow)
        where TPixel : unmanaged, IPixel<TPixel>
    {
        using Image<TPixel> image = decoded;
        byte[] pixels = new byte[3 * image.Width * image.Height];
        var narrowed = new Rgba32[image.Width];
        image.ProcessPixelRows(accessor =>
        {
            int to = 0;
            for (int y = 0; y < accessor.Height; y++)
            {
                foreach (Rgba32 pixel in narrow(accessor.GetRowSpan(y), narrowed))
                {
                    (pixels[to], pixels[to + 1], pixels[to + 2]) = pixel.A == 255
                        ? (pixel.R, pixel.G, pixel.B)
                        : (OverWhite(pixel.R, pixel.A), OverWhite(pixel.G, pixel.A), OverWhite(pixel.B, pixel.A));
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

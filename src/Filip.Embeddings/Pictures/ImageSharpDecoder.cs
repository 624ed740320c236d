using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Bmp;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.Memory;
using SixLabors.ImageSharp.PixelFormats;

namespace Filip.Embeddings.Pictures;

/// <summary>The one door to ImageSharp's decoders: two of them, a bounded allocator, pixels laid over white.</summary>
/// <remarks>Containers are checked before: sizes, and that every byte the header promises is there.</remarks>
internal static class ImageSharpDecoder
{
    private static readonly Configuration s_configuration = Configure();

    // ImageSharp makes room for every code table that a lossless WebP says it has, up to 1.5 GB, past its allocator's
    // limit. One at a time keeps a folder of hostile ones from multiplying that.
    private static readonly Lock s_oneWebp = new();

    /// <summary>Decodes a still WebP.</summary>
    public static RgbPicture Webp(byte[] file)
    {
        lock (s_oneWebp)
        {
            return OverWhite(
                new WebpDecoder { IgnoreMetadata = true }.Decode<Rgba32>(s_configuration, new MemoryStream(file), default));
        }
    }

    /// <summary>Decodes a BMP.</summary>
    public static RgbPicture Bmp(byte[] file) =>
        OverWhite(new BmpDecoder().Decode<Rgba32>(s_configuration, new MemoryStream(file), default));

    private static RgbPicture OverWhite(Image<Rgba32> decoded)
    {
        using Image<Rgba32> image = decoded;
        byte[] pixels = new byte[3 * image.Width * image.Height];
        image.ProcessPixelRows(accessor =>
        {
            int to = 0;
            for (int y = 0; y < accessor.Height; y++)
            {
                foreach (Rgba32 pixel in accessor.GetRowSpan(y))
                {
                    pixels[to] = Over.White(pixel.R, pixel.A);
                    pixels[to + 1] = Over.White(pixel.G, pixel.A);
                    pixels[to + 2] = Over.White(pixel.B, pixel.A);
                    to += 3;
                }
            }
        });
        return new RgbPicture(pixels, image.Width, image.Height);
    }

    private static Configuration Configure() => new(new WebpConfigurationModule(), new BmpConfigurationModule())
    {
        MemoryAllocator = MemoryAllocator.Create(
            new MemoryAllocatorOptions { MaximumPoolSizeMegabytes = 32, AllocationLimitMegabytes = 256 }),

        // The indexer decodes several pictures side by side; one picture must not take every core.
        MaxDegreeOfParallelism = 1,
    };
}

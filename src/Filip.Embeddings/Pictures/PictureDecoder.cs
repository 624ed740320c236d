using Filip.Embeddings.Pictures.Gif;
using Filip.Embeddings.Pictures.Jpeg;
using Filip.Embeddings.Pictures.Png;

namespace Filip.Embeddings.Pictures;

/// <summary>Turns the bytes of a JPEG, PNG, WebP, GIF or BMP into upright RGB pixels, or refuses them with a reason.</summary>
/// <remarks>
/// <para>The content decides the format, never the name. First frame only; EXIF orientation applied; alpha over white;
/// 16 bits to 8 by dropping the low byte; CMYK the plain way; colour profiles not applied.</para>
/// <para>ImageSharp decodes the pixels. Before it each file passes a fence of its format: sizes against the limits, then a
/// walk over all coded data, because ImageSharp takes files that are cut, and hangs on some; what it gets is rewritten
/// to hold the first picture and nothing else. After it the chroma of subsampled JPEGs is interpolated as libjpeg-turbo
/// does (models were trained on its pixels), up to 4 megapixels: what is left is rounding, 3 levels at most.</para>
/// <para>Safe for many threads at once. Memory is bounded by the limits: at most about 16 bytes a pixel; but a
/// hostile lossless WebP of any size can take 1.5 GB for a moment, and WebPs are decoded one at a time therefore.</para>
/// </remarks>
public static class PictureDecoder
{
    /// <summary>Decodes within the default limits.</summary>
    /// <param name="file">The whole file.</param>
    /// <exception cref="PictureRefusedException">The file is refused; the only exception thrown.</exception>
    public static RgbPicture Decode(ReadOnlyMemory<byte> file) => Decode(file, PictureLimits.Default);

    /// <summary>Decodes within the given limits.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="limits">Largest sides, area and file.</param>
    /// <exception cref="PictureRefusedException">The file is refused; the only exception thrown for any bytes.</exception>
    public static RgbPicture Decode(ReadOnlyMemory<byte> file, PictureLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        if (file.IsEmpty)
        {
            throw new PictureRefusedException(PictureRefusal.Empty, "The file is empty.");
        }

        if (file.Length > limits.FileBytes)
        {
            throw new PictureRefusedException(
                PictureRefusal.TooLarge, $"The file has {file.Length} bytes; at most {limits.FileBytes} are read.");
        }

        try
        {
            return DecodeByContent(file, limits);
        }
        catch (PictureRefusedException)
        {
            throw;
        }
        catch (OutOfMemoryException exception)
        {
            throw new PictureRefusedException(
                PictureRefusal.TooLarge, "There was not enough memory to decode the picture.", exception);
        }
        catch (Exception exception)
        {
            // Decoders fail on hostile bytes in ways nobody listed; one bad picture must cost one picture.
            throw new PictureRefusedException(
                PictureRefusal.Corrupt, $"The picture cannot be decoded: {exception.Message}", exception);
        }
    }

    private static RgbPicture DecodeByContent(ReadOnlyMemory<byte> file, PictureLimits limits)
    {
        ReadOnlySpan<byte> bytes = file.Span;
        if (bytes is [0xFF, 0xD8, 0xFF, ..])
        {
            return JpegReader.Read(bytes, limits);
        }

        if (bytes.StartsWith(PngReader.Signature))
        {
            return PngReader.Read(bytes, limits);
        }

        if (bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8))
        {
            return GifReader.Read(bytes, limits);
        }

        if (bytes.Length >= 12 && bytes.StartsWith("RIFF"u8) && bytes[8..12].SequenceEqual("WEBP"u8))
        {
            return WebpReader.Read(file, limits);
        }

        if (bytes.StartsWith("BM"u8))
        {
            return BmpReader.Read(bytes, limits);
        }

        if (PngReader.Signature.StartsWith(bytes) || bytes is [0xFF] or [0xFF, 0xD8])
        {
            throw PictureRefusedException.Truncated($"The file ends after {bytes.Length} bytes, within its signature.");
        }

        throw new PictureRefusedException(
            PictureRefusal.UnknownFormat,
            $"The file begins with {Convert.ToHexString(bytes[..Math.Min(8, bytes.Length)])}; JPEG, PNG, WebP, GIF and BMP are read.");
    }
}

using System.Buffers.Binary;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;

namespace Filip.Embeddings.Pictures;

/// <summary>EXIF's orientation: which of eight ways a picture lies, and how it is set upright.</summary>
/// <remarks>
/// Only the first directory is walked, once. ImageSharp's reader copies every entry's value, and a few thousand entries
/// that share one value would cost gigabytes.
/// </remarks>
internal static class ExifOrientation
{
    /// <summary>As stored.</summary>
    public const int Upright = 1;

    private const int OrientationTag = 0x0112;

    /// <summary>Reads the orientation of the first directory; anything broken or unheard of is <see cref="Upright"/>.</summary>
    /// <param name="block">A TIFF header and what follows, with or without "Exif\0\0" before it.</param>
    public static int Read(ReadOnlySpan<byte> block)
    {
        if (block.StartsWith("Exif\0\0"u8))
        {
            block = block[6..];
        }

        if (block.Length < 8)
        {
            return Upright;
        }

        bool little = block.StartsWith("II*\0"u8);
        if (!little && !block.StartsWith("MM\0*"u8))
        {
            return Upright;
        }

        uint directory = UInt32(block[4..], little);
        if (directory > (uint)block.Length - 2)
        {
            return Upright;
        }

        ReadOnlySpan<byte> entries = block[(int)directory..];
        int count = UInt16(entries, little);
        entries = entries[2..];
        for (int index = 0; index < count && entries.Length >= 12; index++, entries = entries[12..])
        {
            if (UInt16(entries, little) == OrientationTag)
            {
                const int Short = 3;
                int value = UInt16(entries[2..], little) == Short ? UInt16(entries[8..], little) : Upright;
                return value is >= 1 and <= 8 ? value : Upright;
            }
        }

        return Upright;
    }

    /// <summary>The picture set upright; the same one where it is already.</summary>
    public static RgbPicture Apply(RgbPicture picture, int orientation)
    {
        if (orientation is <= Upright or > 8)
        {
            return picture;
        }

        using Image<Rgb24> image = Image.LoadPixelData<Rgb24>(
            ImageSharpDecoder.Configuration, picture.Pixels, picture.Width, picture.Height);
        image.Metadata.ExifProfile = new ExifProfile();
        image.Metadata.ExifProfile.SetValue(ExifTag.Orientation, (ushort)orientation);
        image.Mutate(context => context.AutoOrient());
        return ImageSharpDecoder.ToRgb(image);
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint UInt32(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}

using System.Buffers.Binary;

namespace Filip.Embeddings.Pictures;

/// <summary>EXIF's orientation: which of eight ways a picture lies, and how it is set upright.</summary>
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

        // Only the first directory is walked, once: a directory that points to itself cannot hold us.
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

        (int width, int height) = (picture.Width, picture.Height);

        // Where stored pixel (x, y) goes: a start and two steps, in pixels of the upright picture.
        (int start, int stepX, int stepY) = orientation switch
        {
            2 => (width - 1, -1, width),
            3 => ((width * height) - 1, -1, -width),
            4 => (width * (height - 1), 1, -width),
            5 => (0, height, 1),
            6 => (height - 1, height, -1),
            7 => ((width * height) - 1, -height, -1),
            _ => (height * (width - 1), -height, 1),
        };
        byte[] source = picture.Pixels;
        byte[] upright = new byte[source.Length];
        int from = 0;
        for (int y = 0; y < height; y++)
        {
            int to = start + (y * stepY);
            for (int x = 0; x < width; x++, from += 3, to += stepX)
            {
                upright[3 * to] = source[from];
                upright[(3 * to) + 1] = source[from + 1];
                upright[(3 * to) + 2] = source[from + 2];
            }
        }

        return orientation >= 5 ? new RgbPicture(upright, height, width) : new RgbPicture(upright, width, height);
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint UInt32(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}

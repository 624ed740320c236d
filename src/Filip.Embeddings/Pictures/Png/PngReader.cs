using System.Buffers.Binary;
using System.IO.Hashing;

namespace Filip.Embeddings.Pictures.Png;

/// <summary>Reads a PNG of any kind: chunks with their checksums, then exactly the rows that the header declares.</summary>
/// <remarks>Text chunks are stepped over, never inflated. An animated PNG gives its default picture.</remarks>
internal static class PngReader
{
    private const uint Header = 0x49484452;         // IHDR
    private const uint Palette = 0x504C5445;        // PLTE
    private const uint Data = 0x49444154;           // IDAT
    private const uint End = 0x49454E44;            // IEND
    private const uint Transparency = 0x74524E53;   // tRNS
    private const uint Exif = 0x65584966;           // eXIf

    /// <summary>The eight bytes that every PNG begins with.</summary>
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Decodes the picture.</summary>
    /// <exception cref="PictureRefusedException">It is not whole, or broken.</exception>
    public static RgbPicture Read(ReadOnlyMemory<byte> file, PictureLimits limits)
    {
        ReadOnlySpan<byte> bytes = file.Span;
        PngHeader? header = null;
        ReadOnlyMemory<byte> palette = default, transparency = default;
        var data = new List<ReadOnlyMemory<byte>>();
        int orientation = ExifOrientation.Upright;
        for (int position = Signature.Length; ;)
        {
            if (position + 12 > bytes.Length)
            {
                throw PictureRefusedException.Truncated("The file ends without an end chunk.");
            }

            uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes[position..]);
            uint type = BinaryPrimitives.ReadUInt32BigEndian(bytes[(position + 4)..]);
            if (length > bytes.Length - position - 12)
            {
                throw PictureRefusedException.Truncated($"A chunk of {length} bytes is longer than the rest of the file.");
            }

            ReadOnlyMemory<byte> chunk = file.Slice(position + 8, (int)length);
            if (header is null != (type == Header))
            {
                throw PictureRefusedException.Corrupt("The header chunk is not the first one, or there are two.");
            }

            switch (type)
            {
                case Header:
                    CheckSum(bytes, position, (int)length);
                    header = PngHeader.Read(chunk.Span, limits);
                    break;
                case Palette:
                    CheckSum(bytes, position, (int)length);
                    palette = chunk;
                    break;
                case Transparency:
                    CheckSum(bytes, position, (int)length);
                    transparency = chunk;
                    break;
                case Data:
                    CheckSum(bytes, position, (int)length);
                    data.Add(chunk);
                    break;
                case Exif:
                    orientation = ExifOrientation.Read(chunk.Span);
                    break;
                case End:
                    CheckSum(bytes, position, (int)length);
                    using (var rows = new PngRows(header!, data))
                    {
                        RgbPicture picture = rows.Read(new PngPixels(header!, palette.Span, transparency.Span));
                        return ExifOrientation.Apply(picture, orientation);
                    }

                default:
                    // Other chunks do not touch the pixels; a wrong checksum of theirs does not either.
                    if ((type & 0x20000000) == 0)
                    {
                        throw PictureRefusedException.Unsupported($"An unknown critical chunk ({type:X8}).");
                    }

                    break;
            }

            position += (int)length + 12;
        }
    }

    private static void CheckSum(ReadOnlySpan<byte> file, int position, int length)
    {
        uint stored = BinaryPrimitives.ReadUInt32BigEndian(file[(position + 8 + length)..]);
        if (Crc32.HashToUInt32(file.Slice(position + 4, length + 4)) != stored)
        {
            throw PictureRefusedException.Corrupt($"The checksum of the chunk at byte {position} is wrong.");
        }
    }
}

using System.Buffers.Binary;
using System.IO.Hashing;

namespace Filip.Embeddings.Pictures.Png;

/// <summary>Walks a PNG's chunks with their checksums, counts its rows, and hands ImageSharp the pixels alone.</summary>
/// <remarks>Text chunks are stepped over, never inflated. An animated PNG gives its default picture.</remarks>
internal static class PngReader
{
    private const uint Header = 0x49484452;         // IHDR
    private const uint Palette = 0x504C5445;        // PLTE
    private const uint Data = 0x49444154;           // IDAT
    private const uint End = 0x49454E44;            // IEND
    private const uint Transparency = 0x74524E53;   // tRNS
    private const uint Exif = 0x65584966;           // eXIf
    private const uint Ancillary = 0x20000000;

    /// <summary>The eight bytes that every PNG begins with.</summary>
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Decodes the picture.</summary>
    /// <exception cref="PictureRefusedException">It is not whole, or broken.</exception>
    public static RgbPicture Read(ReadOnlySpan<byte> file, PictureLimits limits)
    {
        PngHeader? header = null;
        ReadOnlySpan<byte> palette = default, transparency = default;
        using var data = new MemoryStream(file.Length);
        int orientation = ExifOrientation.Upright;
        for (int position = Signature.Length; ;)
        {
            PictureRefusedException.TruncatedIf(position + 12 > file.Length, "The file ends without an end chunk.");
            uint length = BinaryPrimitives.ReadUInt32BigEndian(file[position..]);
            uint type = BinaryPrimitives.ReadUInt32BigEndian(file[(position + 4)..]);
            PictureRefusedException.TruncatedIf(
                length > file.Length - position - 12, $"A chunk of {length} bytes is longer than the rest of the file.");
            PictureRefusedException.CorruptIf(
                header is null != (type == Header), "The header chunk is not the first one, or there are two.");
            ReadOnlySpan<byte> chunk = file.Slice(position + 8, (int)length);

            // Other chunks do not touch the pixels; a wrong checksum of theirs does not either.
            PictureRefusedException.CorruptIf(
                type is Header or Palette or Data or End or Transparency
                    && Crc32.HashToUInt32(file.Slice(position + 4, chunk.Length + 4))
                        != BinaryPrimitives.ReadUInt32BigEndian(file[(position + 8 + chunk.Length)..]),
                $"The checksum of the chunk at byte {position} is wrong.");
            switch (type)
            {
                case Header:
                    header = PngHeader.Read(chunk, limits);
                    break;
                case Palette:
                    palette = chunk;
                    break;
                case Transparency:
                    transparency = chunk;
                    break;
                case Data:
                    data.Write(chunk);
                    break;
                case Exif:
                    orientation = ExifOrientation.Read(chunk);
                    break;
                case End:
                    CheckColours(header!, palette, transparency);
                    var pixels = new PngPixels(header!, palette.ToArray(), transparency.ToArray());
                    return ExifOrientation.Apply(pixels.Decode(data), orientation);
                default:
                    PictureRefusedException.UnsupportedIf(
                        (type & Ancillary) == 0, $"An unknown critical chunk ({type:X8}).");
                    break;
            }

            position += chunk.Length + 12;
        }
    }

    private static void CheckColours(PngHeader header, ReadOnlySpan<byte> palette, ReadOnlySpan<byte> transparency)
    {
        PictureRefusedException.CorruptIf(
            header.Colour == 3 && (palette.IsEmpty || palette.Length % 3 != 0 || palette.Length > 768),
            "A palette picture without a proper palette.");
        PictureRefusedException.CorruptIf(
            header.Colour is 0 or 2 && !transparency.IsEmpty && transparency.Length < 2 * header.Channels,
            "The transparency chunk is too short for its colour.");
    }
}

using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Filip.Embeddings.Pictures.Png;

/// <summary>Counts a PNG's rows, then lets ImageSharp decode them; an interlaced one as seven pictures, one a pass.</summary>
/// <remarks>
/// ImageSharp fills with black what is missing, hangs on an interlaced picture whose data runs out, and on some sound
/// ones of few columns. Each of Adam7's passes is a picture of its own, so it never sees interlacing.
/// </remarks>
internal sealed class PngPixels(PngHeader header, byte[] palette, byte[] transparency)
{
    private static readonly (int X, int Y, int StepX, int StepY)[] s_adam7 =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    /// <summary>Decodes the joined data chunks.</summary>
    /// <exception cref="PictureRefusedException">There are fewer or more rows than the header declares, or they are broken.</exception>
    public RgbPicture Decode(MemoryStream data)
    {
        data.Position = 0;
        using var rows = new ZLibStream(data, CompressionMode.Decompress, leaveOpen: true);
        try
        {
            RgbPicture picture = header.Interlaced ? DecodePasses(rows) : Count(rows, data);

            // Only a read past the last byte makes the inflater look at the stream's checksum.
            PictureRefusedException.CorruptIf(
                rows.ReadByte() >= 0, "The pixel data goes on behind the last row of the picture.");
            return picture;
        }
        catch (InvalidDataException exception)
        {
            throw new PictureRefusedException(
                PictureRefusal.Corrupt, "The compressed pixel data is broken or ends early.", exception);
        }
    }

    private RgbPicture Count(ZLibStream rows, MemoryStream data)
    {
        Copy(rows, header, Stream.Null);
        return Decode(header, data.GetBuffer().AsSpan(0, (int)data.Length));
    }

    private RgbPicture DecodePasses(ZLibStream rows)
    {
        byte[] pixels = new byte[3 * header.Width * header.Height];
        foreach ((int left, int top, int stepX, int stepY) in s_adam7)
        {
            // A pass without columns has no rows either, not even filter bytes.
            int width = (header.Width - left + stepX - 1) / stepX;
            int height = (header.Height - top + stepY - 1) / stepY;
            if (width <= 0 || height <= 0)
            {
                continue;
            }

            PngHeader pass = header with { Width = width, Height = height, Interlaced = false };
            using var deflated = new MemoryStream();
            using (var deflater = new ZLibStream(deflated, CompressionLevel.Fastest, leaveOpen: true))
            {
                Copy(rows, pass, deflater);
            }

            byte[] from = Decode(pass, deflated.GetBuffer().AsSpan(0, (int)deflated.Length)).Pixels;
            for (int pixel = 0; pixel < width * height; pixel++)
            {
                int x = left + (pixel % width * stepX);
                int y = top + (pixel / width * stepY);
                from.AsSpan(3 * pixel, 3).CopyTo(pixels.AsSpan(3 * ((y * header.Width) + x)));
            }
        }

        return new RgbPicture(pixels, header.Width, header.Height);
    }

    private static void Copy(ZLibStream rows, PngHeader pass, Stream to)
    {
        byte[] row = new byte[pass.RowBytes];
        for (int y = 0; y < pass.Height; y++)
        {
            PictureRefusedException.TruncatedIf(
                rows.ReadAtLeast(row, row.Length, throwOnEndOfStream: false) < row.Length,
                "The pixel data ends before the last row of the picture.");
            PictureRefusedException.CorruptIf(row[0] > 4, $"Row filter {row[0]}; PNG has 0 to 4.");
            to.Write(row);
        }
    }

    private RgbPicture Decode(PngHeader picture, ReadOnlySpan<byte> deflated)
    {
        using var file = new MemoryStream(deflated.Length + 1024);
        file.Write(PngReader.Signature);
        Span<byte> first = stackalloc byte[13];
        first.Clear();
        BinaryPrimitives.WriteInt32BigEndian(first, picture.Width);
        BinaryPrimitives.WriteInt32BigEndian(first[4..], picture.Height);
        (first[8], first[9]) = ((byte)picture.Depth, (byte)picture.Colour);
        Write(file, "IHDR"u8, first);
        if (picture.Colour == 3)
        {
            // An index past the palette is black, as in libpng; ImageSharp takes the last colour.
            Span<byte> colours = stackalloc byte[768];
            colours.Clear();
            palette.CopyTo(colours);
            Write(file, "PLTE"u8, colours[..(3 << picture.Depth)]);
        }

        if (picture.Colour is 0 or 2 or 3 && transparency.Length > 0)
        {
            Write(file, "tRNS"u8, transparency);
        }

        Write(file, "IDAT"u8, deflated);
        Write(file, "IEND"u8, []);
        return ImageSharpDecoder.Png(file, wide: picture.Depth == 16);
    }

    private static void Write(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        file.Write(type);
        file.Write(content);
        var checksum = new Crc32();
        checksum.Append(type);
        checksum.Append(content);
        BinaryPrimitives.WriteUInt32BigEndian(number, checksum.GetCurrentHashAsUInt32());
        file.Write(number);
    }
}

using System.Buffers.Binary;

namespace Filip.Embeddings.Pictures;

/// <summary>Checks that a BMP holds every row that its header declares, then lets ImageSharp decode it.</summary>
internal static class BmpReader
{
    private const string InHeader = "The file ends within its header.";

    /// <summary>Decodes the picture.</summary>
    /// <exception cref="PictureRefusedException">It is not whole, or broken.</exception>
    public static RgbPicture Read(ReadOnlySpan<byte> file, PictureLimits limits)
    {
        PictureRefusedException.TruncatedIf(file.Length < 26, InHeader);

        uint offset = BinaryPrimitives.ReadUInt32LittleEndian(file[10..]);
        uint headerSize = BinaryPrimitives.ReadUInt32LittleEndian(file[14..]);
        bool old = headerSize == 12;
        PictureRefusedException.UnsupportedIf(
            headerSize is not (12 or (>= 40 and <= 124)), $"A BMP header of {headerSize} bytes; those of 12 and 40 to 124 are read.");
        PictureRefusedException.TruncatedIf(file.Length < 14 + headerSize, InHeader);

        long width = old ? BinaryPrimitives.ReadUInt16LittleEndian(file[18..]) : BinaryPrimitives.ReadInt32LittleEndian(file[18..]);
        long height = old ? BinaryPrimitives.ReadUInt16LittleEndian(file[20..]) : BinaryPrimitives.ReadInt32LittleEndian(file[22..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(file[(old ? 24 : 28)..]);
        uint compression = old ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(file[30..]);

        // A negative height means rows from the top; its size is what counts.
        height = Math.Abs(height);
        limits.Check(width, height);
        bool known = compression switch
        {
            0 => bits is 1 or 2 or 4 or 8 or 16 or 24 or 32,
            1 => bits == 8,
            2 => bits == 4,
            3 or 6 => bits is 16 or 32,
            _ => false,
        };
        PictureRefusedException.UnsupportedIf(!known, $"A BMP of {bits} bits with compression {compression}.");
        PictureRefusedException.TruncatedIf(
            offset < 14 + headerSize || offset >= file.Length, $"The pixels begin at byte {offset} of {file.Length}.");

        ReadOnlySpan<byte> data = file[(int)offset..];
        if (compression is 1 or 2)
        {
            CheckRuns(data, (int)width, (int)height, bits);
        }
        else
        {
            PictureRefusedException.TruncatedIf(
                data.Length < ((width * bits) + 31) / 32 * 4 * height, "The file ends before the last row of the picture.");
        }

        RgbPicture picture = ImageSharpDecoder.Bmp(new MemoryStream(file.ToArray()));
        PictureRefusedException.CorruptIf(
            picture.Width != width || picture.Height != height, "The decoded picture has another size than its header.");
        return picture;
    }

    /// <summary>Walks run-length codes: they must stay inside the picture and end in its last row.</summary>
    private static void CheckRuns(ReadOnlySpan<byte> data, int width, int height, int bits)
    {
        (long x, long y) = (0, 0);
        int position = 0;
        while (true)
        {
            PictureRefusedException.TruncatedIf(position + 2 > data.Length, "The run-length data ends without its end code.");
            (int count, int value) = (data[position], data[position + 1]);
            position += 2;
            if (count > 0)
            {
                x += count;
            }
            else if (value == 0)
            {
                (x, y) = (0, y + 1);
            }
            else if (value == 1)
            {
                PictureRefusedException.TruncatedIf(
                    y < height - 1 || (y == height - 1 && x < width), "The run-length data ends before the last row of the picture.");
                return;
            }
            else if (value == 2)
            {
                PictureRefusedException.TruncatedIf(position + 2 > data.Length, "The run-length data ends within a step.");
                (x, y) = (x + data[position], y + data[position + 1]);
                position += 2;
            }
            else
            {
                x += value;
                int bytes = bits == 8 ? value : (value + 1) / 2;
                position += bytes + (bytes & 1);
            }

            PictureRefusedException.CorruptIf(
                x > width || y > height || (y == height && x > 0), "Runs go past the end of the picture.");
        }
    }
}

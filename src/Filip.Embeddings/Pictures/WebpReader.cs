using System.Buffers.Binary;

namespace Filip.Embeddings.Pictures;

/// <summary>Checks a WebP's container and hands its first frame, alone and still, to ImageSharp.</summary>
/// <remarks>
/// An animation's first frame is cut out, decoded by itself and laid on a white canvas where it belongs.
/// Decoding happens twice, to tell a short picture from a whole one.
/// </remarks>
internal static class WebpReader
{
    private const uint Canvas = 0x56503858;     // VP8X
    private const uint Frame = 0x414E4D46;      // ANMF
    private const uint Exif = 0x45584946;       // EXIF
    private const uint Alpha = 0x414C5048;      // ALPH
    private const uint Lossy = 0x56503820;      // "VP8 "
    private const uint Lossless = 0x5650384C;   // VP8L
    private const int FrameHeader = 16;
    private const int Behind = 64;
    private const byte AlphaFlag = 0x10;

    /// <summary>Decodes the first frame.</summary>
    /// <exception cref="PictureRefusedException">It is not whole, or broken.</exception>
    public static RgbPicture Read(ReadOnlyMemory<byte> file, PictureLimits limits)
    {
        uint riff = BinaryPrimitives.ReadUInt32LittleEndian(file.Span[4..]);
        if (riff < 4 || riff > file.Length - 8)
        {
            throw PictureRefusedException.Truncated($"The container says {riff} bytes; {file.Length - 8} follow.");
        }

        ReadOnlyMemory<byte> canvas = default, frame = default;
        var still = new Still();
        int orientation = ExifOrientation.Upright;
        foreach ((uint kind, ReadOnlyMemory<byte> content) in Chunks(file.Slice(12, (int)riff - 4)))
        {
            switch (kind)
            {
                case Canvas:
                    canvas = content;
                    break;
                case Frame when frame.IsEmpty:
                    frame = content;
                    break;
                case Exif:
                    orientation = ExifOrientation.Read(content.Span);
                    break;
                default:
                    still.Take(kind, content);
                    break;
            }
        }

        RgbPicture decoded = frame.IsEmpty || !still.Picture.IsEmpty
            ? Decode(still, limits)
            : OnCanvas(canvas.Span, frame, limits);
        return ExifOrientation.Apply(decoded, orientation);
    }

    private static RgbPicture OnCanvas(ReadOnlySpan<byte> canvas, ReadOnlyMemory<byte> frame, PictureLimits limits)
    {
        if (canvas.Length < 10 || frame.Length < FrameHeader)
        {
            throw PictureRefusedException.Corrupt("An animation without its canvas, or a frame without its header.");
        }

        (int width, int height) = (UInt24(canvas[4..]) + 1, UInt24(canvas[7..]) + 1);
        limits.Check(width, height);
        (int left, int top) = (2 * UInt24(frame.Span), 2 * UInt24(frame.Span[3..]));
        var still = new Still();
        foreach ((uint kind, ReadOnlyMemory<byte> content) in Chunks(frame[FrameHeader..]))
        {
            still.Take(kind, content);
        }

        RgbPicture picture = Decode(still, limits);
        if (left + picture.Width > width || top + picture.Height > height)
        {
            throw PictureRefusedException.Corrupt("The first frame reaches beyond its canvas.");
        }

        if (picture.Width == width && picture.Height == height)
        {
            return picture;
        }

        byte[] pixels = new byte[3 * width * height];
        pixels.AsSpan().Fill(255);
        for (int y = 0; y < picture.Height; y++)
        {
            picture.Pixels.AsSpan(3 * y * picture.Width, 3 * picture.Width)
                .CopyTo(pixels.AsSpan(3 * (((top + y) * width) + left)));
        }

        return new RgbPicture(pixels, width, height);
    }

    private static RgbPicture Decode(Still still, PictureLimits limits)
    {
        ReadOnlySpan<byte> picture = still.Picture.Span;
        (int width, int height) = still.Lossless ? LosslessSize(picture) : LossySize(picture);
        limits.Check(width, height);

        // The decoder takes zeros for what a short file lacks. Sound data never reads past its end, so what lies there
        // cannot show; a picture that changes with it is one whose data ran out.
        RgbPicture decoded = ImageSharpDecoder.Webp(Rewrite(still, width, height, behind: 0x00));
        RgbPicture again = ImageSharpDecoder.Webp(Rewrite(still, width, height, behind: 0xFF));
        if (!decoded.Pixels.AsSpan().SequenceEqual(again.Pixels))
        {
            throw PictureRefusedException.Truncated("The coded data ends before the last row of the picture.");
        }

        return decoded.Width == width && decoded.Height == height
            ? decoded
            : throw PictureRefusedException.Corrupt("The decoded picture has another size than its header.");
    }

    /// <summary>A file of these chunks alone: no profile, no metadata and no animation reaches the decoder.</summary>
    private static byte[] Rewrite(Still still, int width, int height, byte behind)
    {
        using var rewritten = new MemoryStream(still.Picture.Length + still.Alpha.Length + 64 + Behind);
        rewritten.Write("RIFF\0\0\0\0WEBP"u8);
        if (!still.Alpha.IsEmpty && !still.Lossless)
        {
            Span<byte> header = stackalloc byte[10];
            header.Clear();
            header[0] = AlphaFlag;
            WriteUInt24(header[4..], width - 1);
            WriteUInt24(header[7..], height - 1);
            Write(rewritten, Canvas, header);
            Write(rewritten, Alpha, still.Alpha.Span);
        }

        Span<byte> padding = stackalloc byte[Behind];
        padding.Fill(behind);
        Write(rewritten, still.Lossless ? Lossless : Lossy, [.. still.Picture.Span, .. padding]);
        byte[] file = rewritten.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), file.Length - 8);
        return file;
    }

    private static (int Width, int Height) LosslessSize(ReadOnlySpan<byte> picture)
    {
        if (picture.Length < 5 || picture[0] != 0x2F)
        {
            throw PictureRefusedException.Corrupt("The lossless data does not begin with its signature.");
        }

        uint sizes = BinaryPrimitives.ReadUInt32LittleEndian(picture[1..]);
        return ((int)(sizes & 0x3FFF) + 1, (int)((sizes >> 14) & 0x3FFF) + 1);
    }

    private static (int Width, int Height) LossySize(ReadOnlySpan<byte> picture)
    {
        if (picture.IsEmpty)
        {
            throw PictureRefusedException.Truncated("The container holds no picture.");
        }

        if (picture.Length < 10 || (picture[0] & 1) != 0 || picture[3..6] is not [0x9D, 0x01, 0x2A])
        {
            throw PictureRefusedException.Corrupt("The lossy data does not begin with a key frame.");
        }

        int firstPartition = UInt24(picture) >> 5;
        if (firstPartition > picture.Length - 10)
        {
            throw PictureRefusedException.Truncated("The first partition is longer than the picture's data.");
        }

        return (BinaryPrimitives.ReadUInt16LittleEndian(picture[6..]) & 0x3FFF,
            BinaryPrimitives.ReadUInt16LittleEndian(picture[8..]) & 0x3FFF);
    }

    private static IEnumerable<(uint Kind, ReadOnlyMemory<byte> Content)> Chunks(ReadOnlyMemory<byte> chunks)
    {
        while (chunks.Length >= 8)
        {
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(chunks.Span[4..]);
            if (length > chunks.Length - 8)
            {
                throw PictureRefusedException.Truncated($"A chunk of {length} bytes is longer than the rest of the file.");
            }

            yield return (BinaryPrimitives.ReadUInt32BigEndian(chunks.Span), chunks.Slice(8, (int)length));
            chunks = chunks[Math.Min(chunks.Length, 8 + (int)length + ((int)length & 1))..];
        }
    }

    private static void Write(MemoryStream file, uint kind, ReadOnlySpan<byte> content)
    {
        Span<byte> header = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32BigEndian(header, kind);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], content.Length);
        file.Write(header);
        file.Write(content);
        if ((content.Length & 1) != 0)
        {
            file.WriteByte(0);
        }
    }

    private static int UInt24(ReadOnlySpan<byte> bytes) => bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);

    private static void WriteUInt24(Span<byte> bytes, int value) =>
        (bytes[0], bytes[1], bytes[2]) = ((byte)value, (byte)(value >> 8), (byte)(value >> 16));

    /// <summary>The chunks that one still picture is made of.</summary>
    private sealed class Still
    {
        public ReadOnlyMemory<byte> Picture { get; private set; }

        public ReadOnlyMemory<byte> Alpha { get; private set; }

        public bool Lossless { get; private set; }

        public void Take(uint kind, ReadOnlyMemory<byte> content)
        {
            if (!Picture.IsEmpty)
            {
                return;
            }

            switch (kind)
            {
                case WebpReader.Alpha:
                    Alpha = content;
                    break;
                case Lossy or WebpReader.Lossless:
                    (Picture, Lossless) = (content, kind == WebpReader.Lossless);
                    break;
            }
        }
    }
}

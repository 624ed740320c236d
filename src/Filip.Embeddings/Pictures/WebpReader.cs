using System.Buffers.Binary;

namespace Filip.Embeddings.Pictures;

/// <summary>Checks a WebP's container and hands its first frame, alone and still, to ImageSharp.</summary>
/// <remarks>
/// ImageSharp refuses animations and fills with anything what a short file lacks. An animation's first frame is cut out,
/// decoded by itself and laid on a white canvas where it belongs; decoding happens twice, to tell short from whole.
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
        PictureRefusedException.TruncatedIf(
            riff < 4 || riff > file.Length - 8, $"The container says {riff} bytes; {file.Length - 8} follow.");
        Dictionary<uint, ReadOnlyMemory<byte>> chunks = FirstChunks(file.Slice(12, (int)riff - 4));
        bool animated = chunks.TryGetValue(Frame, out ReadOnlyMemory<byte> frame)
            && !chunks.ContainsKey(Lossy) && !chunks.ContainsKey(Lossless);
        RgbPicture picture = animated
            ? OnCanvas(chunks.GetValueOrDefault(Canvas).Span, frame, limits)
            : Decode(chunks, limits);
        return chunks.TryGetValue(Exif, out ReadOnlyMemory<byte> exif)
            ? ExifOrientation.Apply(picture, ExifOrientation.Read(exif.Span))
            : picture;
    }

    private static RgbPicture OnCanvas(ReadOnlySpan<byte> canvas, ReadOnlyMemory<byte> frame, PictureLimits limits)
    {
        PictureRefusedException.CorruptIf(
            canvas.Length < 10 || frame.Length < FrameHeader, "An animation without its canvas, or a frame without its header.");
        (int width, int height) = (UInt24(canvas[4..]) + 1, UInt24(canvas[7..]) + 1);
        limits.Check(width, height);
        (int left, int top) = (2 * UInt24(frame.Span), 2 * UInt24(frame.Span[3..]));
        RgbPicture picture = Decode(FirstChunks(frame[FrameHeader..]), limits);
        PictureRefusedException.CorruptIf(
            left + picture.Width > width || top + picture.Height > height, "The first frame reaches beyond its canvas.");
        return WhiteCanvas.Place(picture, left, top, width, height);
    }

    private static RgbPicture Decode(Dictionary<uint, ReadOnlyMemory<byte>> chunks, PictureLimits limits)
    {
        bool lossless = !chunks.TryGetValue(Lossy, out ReadOnlyMemory<byte> coded);
        PictureRefusedException.TruncatedIf(
            lossless && !chunks.TryGetValue(Lossless, out coded), "The container holds no picture.");
        (int width, int height) = lossless ? LosslessSize(coded.Span) : LossySize(coded.Span);
        limits.Check(width, height);

        // The decoder takes zeros for what a short file lacks. Sound data never reads past its end, so what lies there
        // cannot show; a picture that changes with it is one whose data ran out.
        ReadOnlySpan<byte> alpha = lossless ? default : chunks.GetValueOrDefault(Alpha).Span;
        RgbPicture decoded = Decode(coded.Span, lossless, alpha, width, height, behind: 0x00);
        RgbPicture again = Decode(coded.Span, lossless, alpha, width, height, behind: 0xFF);
        PictureRefusedException.TruncatedIf(
            !decoded.Pixels.AsSpan().SequenceEqual(again.Pixels), "The coded data ends before the last row of the picture.");
        PictureRefusedException.CorruptIf(
            decoded.Width != width || decoded.Height != height, "The decoded picture has another size than its header.");
        return decoded;
    }

    /// <summary>Decodes these chunks alone: no profile, no metadata and no animation reaches ImageSharp.</summary>
    private static RgbPicture Decode(
        ReadOnlySpan<byte> coded, bool lossless, ReadOnlySpan<byte> alpha, int width, int height, byte behind)
    {
        using var rewritten = new MemoryStream(coded.Length + alpha.Length + 64 + Behind);
        rewritten.Write("RIFF\0\0\0\0WEBP"u8);
        if (!alpha.IsEmpty)
        {
            Span<byte> header = stackalloc byte[10];
            header.Clear();
            header[0] = AlphaFlag;
            BinaryPrimitives.WriteInt16LittleEndian(header[4..], (short)(width - 1));
            BinaryPrimitives.WriteInt16LittleEndian(header[7..], (short)(height - 1));
            Write(rewritten, Canvas, header);
            Write(rewritten, Alpha, alpha);
        }

        Span<byte> padding = stackalloc byte[Behind];
        padding.Fill(behind);
        Write(rewritten, lossless ? Lossless : Lossy, [.. coded, .. padding]);
        BinaryPrimitives.WriteInt32LittleEndian(rewritten.GetBuffer().AsSpan(4), (int)rewritten.Length - 8);
        return ImageSharpDecoder.Webp(rewritten);
    }

    private static (int Width, int Height) LosslessSize(ReadOnlySpan<byte> picture)
    {
        PictureRefusedException.CorruptIf(
            picture.Length < 5 || picture[0] != 0x2F, "The lossless data does not begin with its signature.");
        uint sizes = BinaryPrimitives.ReadUInt32LittleEndian(picture[1..]);
        return ((int)(sizes & 0x3FFF) + 1, (int)((sizes >> 14) & 0x3FFF) + 1);
    }

    private static (int Width, int Height) LossySize(ReadOnlySpan<byte> picture)
    {
        PictureRefusedException.CorruptIf(
            picture.Length < 10 || (picture[0] & 1) != 0 || picture[3..6] is not [0x9D, 0x01, 0x2A],
            "The lossy data does not begin with a key frame.");
        PictureRefusedException.TruncatedIf(
            UInt24(picture) >> 5 > picture.Length - 10, "The first partition is longer than the picture's data.");
        return (BinaryPrimitives.ReadUInt16LittleEndian(picture[6..]) & 0x3FFF,
            BinaryPrimitives.ReadUInt16LittleEndian(picture[8..]) & 0x3FFF);
    }

    /// <summary>The first chunk of each kind; none may be longer than the rest.</summary>
    private static Dictionary<uint, ReadOnlyMemory<byte>> FirstChunks(ReadOnlyMemory<byte> rest)
    {
        var chunks = new Dictionary<uint, ReadOnlyMemory<byte>>();
        while (rest.Length >= 8)
        {
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(rest.Span[4..]);
            PictureRefusedException.TruncatedIf(
                length > rest.Length - 8, $"A chunk of {length} bytes is longer than the rest of the file.");
            chunks.TryAdd(BinaryPrimitives.ReadUInt32BigEndian(rest.Span), rest.Slice(8, (int)length));
            rest = rest[Math.Min(rest.Length, 8 + (int)length + ((int)length & 1))..];
        }

        return chunks;
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
}

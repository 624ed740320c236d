using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using CsCheck;
using Filip.Embeddings.Pictures;
using Filip.Embeddings.Pictures.Jpeg;

namespace Filip.Embeddings.Tests.Pictures;

/// <summary>What stands between a file and ImageSharp, and what is mended behind it.</summary>
public sealed class PictureFenceTests
{
    private static readonly (int X, int Y, int StepX, int StepY)[] s_adam7 =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    [Fact]
    public void An_interlaced_png_equals_the_same_picture_not_interlaced_down_to_one_pixel()
    {
        // ImageSharp hangs, throws or is wrong on interlaced pictures of few columns.
        Gen.Select(Gen.Int[1, 12], Gen.Int[1, 12], Gen.Bool, Gen.Int[2, 4], Gen.Int).Sample(
            (width, height, wide, channels, seed) =>
            {
                byte[] samples = new byte[width * height * channels * (wide ? 2 : 1)];
                new Random(seed).NextBytes(samples);
                RgbPicture interlaced = PictureDecoder.Decode(Png(width, height, channels, samples, interlaced: true));
                RgbPicture plain = PictureDecoder.Decode(Png(width, height, channels, samples, interlaced: false));
                return (interlaced.Width, interlaced.Height) == (width, height) && interlaced.Pixels.SequenceEqual(plain.Pixels);
            },
            iter: 200);
    }

    [Fact]
    public void A_png_that_holds_more_rows_than_it_declares_or_a_wrong_checksum_of_them_is_refused()
    {
        const int Signature = 8, Header = 25;
        byte[] whole = Png(5, 4, 3, new byte[60], interlaced: false);
        byte[] header = whole[(Signature + 8)..(Signature + Header - 4)];
        header[7]--;
        byte[] shorter = [.. whole[..Signature], .. Chunk("IHDR"u8, header), .. whole[(Signature + Header)..]];
        byte[] data = whole[(Signature + Header + 8)..^16];
        data[^1] ^= 1;
        byte[] unsound = [.. whole[..(Signature + Header)], .. Chunk("IDAT"u8, data), .. whole[^12..]];
        Assert.Null(BadPictureGoldenTests.Refusal(whole));
        Assert.StartsWith(PictureRefusal.Corrupt, BadPictureGoldenTests.Refusal(shorter), StringComparison.Ordinal);
        Assert.StartsWith(PictureRefusal.Corrupt, BadPictureGoldenTests.Refusal(unsound), StringComparison.Ordinal);
    }

    [Fact]
    public void Chroma_is_raised_as_the_triangle_filter_says()
    {
        Gen.Select(Gen.Int[1, 20], Gen.Int[1, 20], Gen.Int[1, 2], Gen.Int[1, 2], Gen.Int).Sample(
            (width, height, across, down, seed) =>
            {
                var frame = new JpegFrame(width, height, Progressive: false,
                    [new JpegComponent(1, across, down), new JpegComponent(2, 1, 1), new JpegComponent(3, 1, 1)]);
                (int wide, int high) = ((width + across - 1) / across, (height + down - 1) / down);
                byte[] coded = PreprocessorTests.Noise(new Random(seed), wide, high).Pixels;
                byte[] light = PreprocessorTests.Noise(new Random(seed + 1), width, height).Pixels;
                byte[] repeated = new byte[3 * width * height];
                byte[] expected = new byte[3 * width * height];
                for (int at = 0; at < repeated.Length; at++)
                {
                    (int x, int y, int channel) = (at / 3 % width, at / 3 / width, at % 3);
                    int Coded(int column, int row) => coded[
                        (3 * ((Math.Clamp(row, 0, high - 1) * wide) + Math.Clamp(column, 0, wide - 1))) + channel];
                    repeated[at] = channel == 0 ? light[at] : (byte)Coded(x / across, y / down);
                    expected[at] = channel == 0 || (across == 2 && wide <= 2)
                        ? repeated[at]
                        : Triangle(Coded, x, y, across, down);
                }

                RgbPicture raised = ChromaUpsampling.Raise(new RgbPicture(repeated, width, height), frame, luminance: false);
                return raised.Pixels.SequenceEqual(expected);
            },
            iter: 300);
    }

    [Fact]
    public void A_sequential_jpeg_that_mixes_some_components_in_a_scan_is_refused()
    {
        // ImageSharp would paint after that scan, without the components that are still to come.
        byte[] whole = File.ReadAllBytes(PictureFiles.Path("decode", "inputs", "jpeg-baseline-444.jpg"));
        int scan = whole.AsSpan().IndexOf(new byte[] { 0xFF, 0xDA, 0x00, 0x0C, 0x03 });
        Assert.True(scan > 0);
        byte[] mixed = [.. whole[..scan], 0xFF, 0xDA, 0x00, 0x0A, 0x02, .. whole[(scan + 5)..(scan + 9)], .. whole[(scan + 11)..]];
        Assert.StartsWith(PictureRefusal.Unsupported, BadPictureGoldenTests.Refusal(mixed), StringComparison.Ordinal);
        Assert.Null(BadPictureGoldenTests.Refusal(whole));
    }

    [Fact]
    public void A_note_beside_the_pixels_costs_nothing_however_often_it_names_its_value()
    {
        // Five thousand EXIF entries that share one value of 4 KB each: copied one by one they would be 20 MB.
        byte[] whole = File.ReadAllBytes(PictureFiles.Path("decode", "inputs", "jpeg-baseline-444.jpg"));
        const int Entries = 5000;
        byte[] note = new byte[14 + (12 * Entries)];
        "Exif\0\0MM\0*\0\0\0\x08"u8.CopyTo(note);
        (note[14], note[15]) = (Entries >> 8, Entries & 0xFF);
        for (int at = 16; at + 12 <= note.Length; at += 12)
        {
            new byte[] { 0x92, 0x7C, 0, 7, 0, 0, 0x10, 0, 0, 0, 0, 8 }.CopyTo(note, at);
        }

        int length = note.Length + 2;
        byte[] file = [.. whole[..2], 0xFF, 0xE1, (byte)(length >> 8), (byte)length, .. note, .. whole[2..]];
        RgbPicture expected = PictureDecoder.Decode(whole);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(expected.Pixels, PictureDecoder.Decode(file).Pixels);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000);
    }

    private static byte Triangle(Func<int, int, int> coded, int x, int y, int across, int down)
    {
        (int column, int sideX) = across == 1 ? (x, 0) : (x / 2, x % 2 == 0 ? -1 : 1);
        (int row, int sideY) = down == 1 ? (y, 0) : (y / 2, y % 2 == 0 ? -1 : 1);
        int Down(int at) => down == 1 ? coded(at, row) : (3 * coded(at, row)) + coded(at, row + sideY);
        return (byte)((across, down) switch
        {
            (1, 1) => coded(column, row),
            (1, 2) => (Down(column) + (sideY < 0 ? 1 : 2)) >> 2,
            (2, 1) => ((3 * Down(column)) + Down(column + sideX) + (sideX < 0 ? 1 : 2)) >> 2,
            _ => ((3 * Down(column)) + Down(column + sideX) + (sideX < 0 ? 8 : 7)) >> 4,
        });
    }

    /// <summary>A plain writer: 8 or 16 bits of grey with alpha, RGB, or RGB with alpha; no row is filtered.</summary>
    private static byte[] Png(int width, int height, int channels, byte[] samples, bool interlaced)
    {
        int pixelBytes = samples.Length / (width * height);
        using var deflated = new MemoryStream();
        using (var rows = new ZLibStream(deflated, CompressionLevel.Fastest, leaveOpen: true))
        {
            foreach ((int left, int top, int stepX, int stepY) in interlaced ? s_adam7 : [(0, 0, 1, 1)])
            {
                for (int y = top; y < height && left < width; y += stepY)
                {
                    rows.WriteByte(0);
                    for (int x = left; x < width; x += stepX)
                    {
                        rows.Write(samples, ((y * width) + x) * pixelBytes, pixelBytes);
                    }
                }
            }
        }

        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) =
            ((byte)(8 * pixelBytes / channels), (byte)(channels == 3 ? 2 : channels + 2), interlaced ? (byte)1 : (byte)0);
        return
        [
            0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A,
            .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, deflated.ToArray()), .. Chunk("IEND"u8, []),
        ];
    }

    private static byte[] Chunk(ReadOnlySpan<byte> type, byte[] content)
    {
        byte[] chunk = [0, 0, 0, 0, .. type, .. content, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), Crc32.HashToUInt32(chunk.AsSpan(4, content.Length + 4)));
        return chunk;
    }
}

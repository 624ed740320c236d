using System.Buffers.Binary;

namespace Filip.Embeddings.Pictures.Png;

/// <summary>What IHDR says.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Depth">Bits a sample.</param>
/// <param name="Colour">0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha.</param>
/// <param name="Interlaced">Whether the rows come in Adam7's seven passes.</param>
internal sealed record PngHeader(int Width, int Height, int Depth, int Colour, bool Interlaced)
{
    /// <summary>Samples a pixel.</summary>
    public int Channels => Colour switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };

    /// <summary>Bytes of a row, its filter byte first.</summary>
    public int RowBytes => 1 + (int)((((long)Width * Channels * Depth) + 7) / 8);

    /// <summary>Reads and checks the chunk.</summary>
    public static PngHeader Read(ReadOnlySpan<byte> chunk, PictureLimits limits)
    {
        PictureRefusedException.CorruptIf(chunk.Length != 13, $"IHDR has {chunk.Length} bytes; it has 13.");
        limits.Check(BinaryPrimitives.ReadUInt32BigEndian(chunk), BinaryPrimitives.ReadUInt32BigEndian(chunk[4..]));
        (int depth, int colour) = (chunk[8], chunk[9]);
        bool known = colour switch
        {
            0 => depth is 1 or 2 or 4 or 8 or 16,
            3 => depth is 1 or 2 or 4 or 8,
            2 or 4 or 6 => depth is 8 or 16,
            _ => false,
        };
        PictureRefusedException.CorruptIf(
            !known || chunk[10] != 0 || chunk[11] != 0 || chunk[12] > 1,
            $"No PNG has colour type {colour}, {depth} bits, compression {chunk[10]}, filter {chunk[11]}, interlace {chunk[12]}.");
        return new PngHeader(
            BinaryPrimitives.ReadInt32BigEndian(chunk), BinaryPrimitives.ReadInt32BigEndian(chunk[4..]),
            depth, colour, chunk[12] == 1);
    }
}

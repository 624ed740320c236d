using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace Filip.Embeddings.Pictures.Jpeg;

/// <summary>What a frame's components mean.</summary>
internal enum JpegColourSpace
{
    /// <summary>One component of light.</summary>
    Grey,

    /// <summary>Light and two of colour.</summary>
    YCbCr,

    /// <summary>Red, green, blue as they are.</summary>
    Rgb,

    /// <summary>Inks, stored inverted as Adobe does.</summary>
    Cmyk,

    /// <summary>Inks whose first three are turned into YCbCr.</summary>
    Ycck,
}

/// <summary>From decoded planes to interleaved RGB.</summary>
internal static class JpegColour
{
    private const int Bits = 16;
    private const int Half = 1 << (Bits - 1);
    private const int RedOfCr = 91881;       // 1.40200 × 65536
    private const int BlueOfCb = 116130;     // 1.77200
    private const int GreenOfCr = 46802;     // 0.71414
    private const int GreenOfCb = 22554;     // 0.34414

    private static readonly Vector128<byte> s_withoutFourth =
        Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 15, 15, 15, 15);

    /// <summary>The whole picture.</summary>
    public static RgbPicture ToRgb(JpegFrame frame, JpegColourSpace space)
    {
        int width = frame.Width;
        byte[] pixels = new byte[3 * width * frame.Height];

        // A raised row may be up to a whole sampling step longer than the picture's.
        int room = width + 8;
        byte[] rows = ArrayPool<byte>.Shared.Rent(room * frame.Components.Length);
        int[] scratch = ArrayPool<int>.Shared.Rent(room);
        try
        {
            for (int y = 0; y < frame.Height; y++)
            {
                for (int index = 0; index < frame.Components.Length; index++)
                {
                    JpegComponent component = frame.Components[index];
                    Span<byte> row = rows.AsSpan(index * room, room);
                    if (component.H == frame.MaxH && component.V == frame.MaxV)
                    {
                        component.Plane.AsSpan(y * component.Stride, width).CopyTo(row);
                    }
                    else
                    {
                        ChromaUpsampling.Write(component, frame, y, scratch, row);
                    }
                }

                WriteRow(space, rows, room, pixels.AsSpan(3 * width * y, 3 * width));
            }

            return new RgbPicture(pixels, width, frame.Height);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rows);
            ArrayPool<int>.Shared.Return(scratch);
        }
    }

    private static void WriteRow(JpegColourSpace space, ReadOnlySpan<byte> rows, int room, Span<byte> rgb)
    {
        int width = rgb.Length / 3;
        ReadOnlySpan<byte> first = rows[..width];
        switch (space)
        {
            case JpegColourSpace.Grey:
                for (int x = 0; x < first.Length; x++)
                {
                    rgb.Slice(3 * x, 3).Fill(first[x]);
                }

                return;
            case JpegColourSpace.YCbCr:
                FromYcc(first, rows.Slice(room, width), rows.Slice(2 * room, width), rgb);
                return;
            case JpegColourSpace.Rgb:
                Interleave(first, rows.Slice(room, width), rows.Slice(2 * room, width), rgb);
                return;
            case JpegColourSpace.Cmyk:
                Interleave(first, rows.Slice(room, width), rows.Slice(2 * room, width), rgb);
                break;
            default:
                // The transform's red, green and blue are the complements of what Adobe stores for the inks.
                FromYcc(first, rows.Slice(room, width), rows.Slice(2 * room, width), rgb);
                for (int i = 0; i < rgb.Length; i++)
                {
                    rgb[i] = (byte)(255 - rgb[i]);
                }

                break;
        }

        ReadOnlySpan<byte> black = rows.Slice(3 * room, width);
        for (int i = 0; i < rgb.Length; i++)
        {
            rgb[i] = Over.Divide255(rgb[i] * black[i / 3]);
        }
    }

    private static void Interleave(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, Span<byte> to)
    {
        for (int x = 0; x < a.Length; x++)
        {
            to[3 * x] = a[x];
            to[(3 * x) + 1] = b[x];
            to[(3 * x) + 2] = c[x];
        }
    }

    private static void FromYcc(ReadOnlySpan<byte> light, ReadOnlySpan<byte> blue, ReadOnlySpan<byte> red, Span<byte> to)
    {
        // Eight pixels at a time, written as twice sixteen bytes of which twelve count: the row's end goes one by one.
        int x = 0;
        for (; x + 10 <= light.Length; x += 8)
        {
            Vector256<int> y = Widen(light[x..]);
            Vector256<int> cb = Widen(blue[x..]) - Vector256.Create(128);
            Vector256<int> cr = Widen(red[x..]) - Vector256.Create(128);
            Vector256<int> b = Clip(y + (((cb * BlueOfCb) + Vector256.Create(Half)) >> Bits));
            Vector256<int> g = Clip(y + ((Vector256.Create(Half) - (cb * GreenOfCb) - (cr * GreenOfCr)) >> Bits));
            Vector256<int> r = Clip(y + (((cr * RedOfCr) + Vector256.Create(Half)) >> Bits));
            Vector256<byte> pixels = (r | (g << 8) | (b << 16)).AsByte();
            Vector128.Shuffle(pixels.GetLower(), s_withoutFourth).CopyTo(to[(3 * x)..]);
            Vector128.Shuffle(pixels.GetUpper(), s_withoutFourth).CopyTo(to[((3 * x) + 12)..]);
        }

        for (; x < light.Length; x++)
        {
            int y = light[x];
            int cb = blue[x] - 128;
            int cr = red[x] - 128;
            to[(3 * x) + 2] = Clamp(y + (((BlueOfCb * cb) + Half) >> Bits));
            to[(3 * x) + 1] = Clamp(y + ((Half - (GreenOfCb * cb) - (GreenOfCr * cr)) >> Bits));
            to[3 * x] = Clamp(y + (((RedOfCr * cr) + Half) >> Bits));
        }
    }

    private static Vector256<int> Widen(ReadOnlySpan<byte> bytes)
    {
        Vector128<ushort> eight = Vector128.WidenLower(
            Vector128.CreateScalar(BinaryPrimitives.ReadUInt64LittleEndian(bytes)).AsByte());
        return Vector256.Create(Vector128.WidenLower(eight), Vector128.WidenUpper(eight)).AsInt32();
    }

    private static Vector256<int> Clip(Vector256<int> values) =>
        Vector256.Min(Vector256.Max(values, Vector256<int>.Zero), Vector256.Create(255));

    private static byte Clamp(int value) => (byte)Math.Clamp(value, 0, 255);
}

using System.Runtime.Intrinsics;

namespace Filip.Embeddings.Pictures.Jpeg;

/// <summary>The accurate integer inverse DCT, equal to libjpeg-turbo's "islow" to the bit.</summary>
/// <remarks>
/// Loeffler, Ligtenberg and Moschytz's eleven multiplications, constants of 13 bits; the first pass (columns) keeps
/// two more bits than the samples have, and each pass rounds half up. Eight columns (then rows) stand in the lanes of
/// one vector; where the hardware has no such vector the same arithmetic runs in halves.
/// </remarks>
internal static class InverseDct
{
    private const int ConstantBits = 13;
    private const int ExtraBits = 2;

    /// <summary>Dequantises a block, transforms it and writes 8 × 8 samples.</summary>
    /// <param name="block">64 coefficients in natural order.</param>
    /// <param name="steps">64 quantisation steps in natural order.</param>
    /// <param name="work">64 values of scratch.</param>
    /// <param name="samples">Where the first sample goes.</param>
    /// <param name="stride">From one row of samples to the next.</param>
    public static void Write(
        ReadOnlySpan<short> block, ReadOnlySpan<int> steps, Span<int> work, Span<byte> samples, int stride)
    {
        if (!block[1..].ContainsAnyExcept((short)0))
        {
            // DC alone: both passes come to one rounded shift.
            byte flat = (byte)Math.Clamp(((((block[0] * steps[0]) << ExtraBits) + 16) >> (ExtraBits + 3)) + 128, 0, 255);
            for (int row = 0; row < 8; row++)
            {
                samples.Slice(row * stride, 8).Fill(flat);
            }

            return;
        }

        for (int i = 0; i < 64; i++)
        {
            work[i] = block[i] * steps[i];
        }

        Pass(work, ConstantBits - ExtraBits, centre: 0);
        Transpose(work);
        Pass(work, ConstantBits + ExtraBits + 3, centre: 128);

        // The second pass left columns; each becomes a column of samples.
        for (int row = 0; row < 8; row++)
        {
            Span<byte> line = samples.Slice(row * stride, 8);
            for (int column = 0; column < 8; column++)
            {
                line[column] = (byte)Math.Clamp(work[(column * 8) + row], 0, 255);
            }
        }
    }

    private static void Transpose(Span<int> work)
    {
        for (int row = 1; row < 8; row++)
        {
            for (int column = 0; column < row; column++)
            {
                (work[(row * 8) + column], work[(column * 8) + row]) = (work[(column * 8) + row], work[(row * 8) + column]);
            }
        }
    }

    private static void Pass(Span<int> work, int shift, int centre)
    {
        Vector256<int> v0 = Load(work, 0), v1 = Load(work, 1), v2 = Load(work, 2), v3 = Load(work, 3);
        Vector256<int> v4 = Load(work, 4), v5 = Load(work, 5), v6 = Load(work, 6), v7 = Load(work, 7);

        // Even part: a rotation by 6/16 of pi, and a butterfly.
        Vector256<int> turn = (v2 + v6) * 4433;
        Vector256<int> e2 = turn - (v6 * 15137);
        Vector256<int> e3 = turn + (v2 * 6270);
        Vector256<int> e0 = (v0 + v4) << ConstantBits;
        Vector256<int> e1 = (v0 - v4) << ConstantBits;
        Vector256<int> t0 = e0 + e3, t3 = e0 - e3, t1 = e1 + e2, t2 = e1 - e2;

        // Odd part.
        Vector256<int> sum = (v7 + v3 + v5 + v1) * 9633;
        Vector256<int> z1 = (v7 + v1) * -7373;
        Vector256<int> z2 = (v5 + v3) * -20995;
        Vector256<int> z3 = ((v7 + v3) * -16069) + sum;
        Vector256<int> z4 = ((v5 + v1) * -3196) + sum;
        Vector256<int> o0 = (v7 * 2446) + z1 + z3;
        Vector256<int> o1 = (v5 * 16819) + z2 + z4;
        Vector256<int> o2 = (v3 * 25172) + z2 + z3;
        Vector256<int> o3 = (v1 * 12299) + z1 + z4;

        Vector256<int> half = Vector256.Create((1 << (shift - 1)) + (centre << shift));
        Store(work, 0, (t0 + o3 + half) >> shift);
        Store(work, 7, (t0 - o3 + half) >> shift);
        Store(work, 1, (t1 + o2 + half) >> shift);
        Store(work, 6, (t1 - o2 + half) >> shift);
        Store(work, 2, (t2 + o1 + half) >> shift);
        Store(work, 5, (t2 - o1 + half) >> shift);
        Store(work, 3, (t3 + o0 + half) >> shift);
        Store(work, 4, (t3 - o0 + half) >> shift);
    }

    private static Vector256<int> Load(Span<int> work, int row) => Vector256.Create<int>(work.Slice(row * 8, 8));

    private static void Store(Span<int> work, int row, Vector256<int> values) => values.CopyTo(work.Slice(row * 8, 8));
}

using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

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
    /// <param name="samples">Where the first sample goes.</param>
    /// <param name="stride">From one row of samples to the next.</param>
    [SkipLocalsInit]
    public static void Write(ReadOnlySpan<short> block, ReadOnlySpan<int> steps, Span<byte> samples, int stride)
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

        Unsafe.SkipInit(out Rows rows);
        for (int pair = 0; pair < 8; pair += 2)
        {
            (rows[pair], rows[pair + 1]) = Vector256.Widen(Vector256.Create<short>(block.Slice(pair * 8, 16)));
            rows[pair] *= Vector256.Create<int>(steps.Slice(pair * 8, 8));
            rows[pair + 1] *= Vector256.Create<int>(steps.Slice((pair * 8) + 8, 8));
        }

        Pass(ref rows, ConstantBits - ExtraBits, centre: 0);
        Transpose(ref rows);
        Pass(ref rows, ConstantBits + ExtraBits + 3, centre: 128);
        Transpose(ref rows);
        for (int four = 0; four < 8; four += 4)
        {
            Vector256<ulong> packed = Vector256.Narrow(
                Vector256.Narrow(Clip(rows[four]), Clip(rows[four + 1])),
                Vector256.Narrow(Clip(rows[four + 2]), Clip(rows[four + 3]))).AsUInt64();
            for (int row = 0; row < 4; row++)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(
                    samples.Slice((four + row) * stride, 8),
                    BitConverter.IsLittleEndian ? packed[row] : BinaryPrimitives.ReverseEndianness(packed[row]));
            }
        }
    }

    private static Vector256<uint> Clip(Vector256<int> values) =>
        Vector256.Min(Vector256.Max(values, Vector256<int>.Zero), Vector256.Create(255)).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pass(ref Rows rows, int shift, int centre)
    {
        Vector256<int> v0 = rows[0], v1 = rows[1], v2 = rows[2], v3 = rows[3];
        Vector256<int> v4 = rows[4], v5 = rows[5], v6 = rows[6], v7 = rows[7];

        // Even part: a rotation by 6/16 of pi, and a butterfly.
        Vector256<int> turn = (v2 + v6) * 4433;
        Vector256<int> e2 = turn - (v6 * 15137);
        Vector256<int> e3 = turn + (v2 * 6270);
        Vector256<int> e0 = (v0 + v4) << ConstantBits;
        Vector256<int> e1 = (v0 - v4) << ConstantBits;
        Vector256<int> half = Vector256.Create((1 << (shift - 1)) + (centre << shift));
        Vector256<int> t0 = e0 + e3 + half, t3 = e0 - e3 + half, t1 = e1 + e2 + half, t2 = e1 - e2 + half;

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

        rows[0] = (t0 + o3) >> shift;
        rows[7] = (t0 - o3) >> shift;
        rows[1] = (t1 + o2) >> shift;
        rows[6] = (t1 - o2) >> shift;
        rows[2] = (t2 + o1) >> shift;
        rows[5] = (t2 - o1) >> shift;
        rows[3] = (t3 + o0) >> shift;
        rows[4] = (t3 - o0) >> shift;
    }

    private static void Transpose(ref Rows rows)
    {
        if (!Avx2.IsSupported)
        {
            TransposePlainly(ref rows);
            return;
        }

        // Pairs of rows, then pairs of pairs, within each half; then the halves change places.
        Vector256<int> a0 = Avx2.UnpackLow(rows[0], rows[1]), a1 = Avx2.UnpackHigh(rows[0], rows[1]);
        Vector256<int> a2 = Avx2.UnpackLow(rows[2], rows[3]), a3 = Avx2.UnpackHigh(rows[2], rows[3]);
        Vector256<int> a4 = Avx2.UnpackLow(rows[4], rows[5]), a5 = Avx2.UnpackHigh(rows[4], rows[5]);
        Vector256<int> a6 = Avx2.UnpackLow(rows[6], rows[7]), a7 = Avx2.UnpackHigh(rows[6], rows[7]);
        Vector256<long> b0 = Avx2.UnpackLow(a0.AsInt64(), a2.AsInt64()), b1 = Avx2.UnpackHigh(a0.AsInt64(), a2.AsInt64());
        Vector256<long> b2 = Avx2.UnpackLow(a1.AsInt64(), a3.AsInt64()), b3 = Avx2.UnpackHigh(a1.AsInt64(), a3.AsInt64());
        Vector256<long> b4 = Avx2.UnpackLow(a4.AsInt64(), a6.AsInt64()), b5 = Avx2.UnpackHigh(a4.AsInt64(), a6.AsInt64());
        Vector256<long> b6 = Avx2.UnpackLow(a5.AsInt64(), a7.AsInt64()), b7 = Avx2.UnpackHigh(a5.AsInt64(), a7.AsInt64());
        (rows[0], rows[4]) = Halves(b0, b4);
        (rows[1], rows[5]) = Halves(b1, b5);
        (rows[2], rows[6]) = Halves(b2, b6);
        (rows[3], rows[7]) = Halves(b3, b7);
    }

    private static (Vector256<int> Low, Vector256<int> High) Halves(Vector256<long> a, Vector256<long> b) =>
        (Avx2.Permute2x128(a, b, 0x20).AsInt32(), Avx2.Permute2x128(a, b, 0x31).AsInt32());

    private static void TransposePlainly(ref Rows rows)
    {
        Rows turned = rows;
        for (int row = 0; row < 8; row++)
        {
            rows[row] = Vector256.Create(
                turned[0][row], turned[1][row], turned[2][row], turned[3][row],
                turned[4][row], turned[5][row], turned[6][row], turned[7][row]);
        }
    }

    [InlineArray(8)]
    private struct Rows
    {
        private Vector256<int> _row;
    }
}

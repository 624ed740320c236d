using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Filip.Embeddings.Pictures;

/// <summary>The horizontal pass over two rows at once, two taps an instruction, where the processor has AVX2.</summary>
/// <remarks>
/// <para>Equals <c>sum over taps of value × weight</c> in 32-bit integers, to the bit: a 22-bit weight is
/// <c>high × 2^11 + low</c>, both within 16 bits, so that <c>vpmaddwd</c> multiplies two neighbouring pixels by two weights
/// and adds them, twice, instead of one 32-bit multiplication a tap.</para>
/// <para>Lanes: R, G, B and a stranger of the upper row, then of the lower one. An odd tap has a partner of weight 0.</para>
/// </remarks>
internal sealed class PairedTaps
{
    /// <summary>Bytes that may be read past a row's last pixel.</summary>
    public const int Overrun = 8;

    private const int LowBits = 11;

    // Bytes R G B R G B ? ? of a row to words R R G G B B . . : each channel's two pixels side by side.
    private static readonly Vector256<byte> s_pairs = Vector256.Create(
        Vector128.Create((byte)0, 255, 3, 255, 1, 255, 4, 255, 2, 255, 5, 255, 255, 255, 255, 255),
        Vector128.Create((byte)0, 255, 3, 255, 1, 255, 4, 255, 2, 255, 5, 255, 255, 255, 255, 255));

    private readonly int[] _start;
    private readonly int[] _byteOffset;
    private readonly (int High, int Low)[] _weights;
    private readonly int _reach;

    /// <summary>Splits the weights of all new positions.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="length">How many new positions there are.</param>
    public PairedTaps(ResampleWeights weights, int length)
    {
        (_start, _byteOffset) = (new int[length + 1], new int[length]);
        var pairs = new List<(int High, int Low)>();
        for (int x = 0; x < length; x++)
        {
            (_start[x], _byteOffset[x]) = (pairs.Count, 3 * weights.First(x));
            ReadOnlySpan<int> taps = weights.Of(x);
            for (int tap = 0; tap < taps.Length; tap += 2)
            {
                int partner = tap + 1 < taps.Length ? taps[tap + 1] : 0;
                pairs.Add((Pair(taps[tap] >> LowBits, partner >> LowBits), Pair(taps[tap] & Mask, partner & Mask)));
            }
        }

        _start[length] = pairs.Count;
        _reach = Enumerable.Range(0, length).Select(x => _byteOffset[x] + (6 * (_start[x + 1] - _start[x] - 1)) + sizeof(ulong)).DefaultIfEmpty(0).Max();
        _weights = [.. pairs];
    }

    /// <summary>Whether this processor can.</summary>
    public static bool IsSupported => Avx2.IsSupported;

    private static int Mask => (1 << LowBits) - 1;

    /// <summary>Narrows two rows.</summary>
    /// <param name="upper">A row, and <see cref="Overrun"/> bytes more.</param>
    /// <param name="lower">Another row, and <see cref="Overrun"/> bytes more.</param>
    /// <param name="half">Added to each sum before it is shifted.</param>
    /// <param name="to">The narrowed upper row.</param>
    /// <param name="toLower">The narrowed lower row.</param>
    public void Run(ReadOnlySpan<byte> upper, ReadOnlySpan<byte> lower, int half, Span<byte> to, Span<byte> toLower)
    {
        int length = _byteOffset.Length;
        if (Math.Min(upper.Length, lower.Length) < _reach || Math.Min(to.Length, toLower.Length) < 3 * length)
        {
            throw new InvalidOperationException("The weights reach past the row.");
        }

        ref byte upperOrigin = ref MemoryMarshal.GetReference(upper);
        ref byte lowerOrigin = ref MemoryMarshal.GetReference(lower);
        for (int x = 0; x < length - 1; x++)
        {
            // Four bytes at once: the fourth is the next pixel's first and is written again with it.
            Vector256<byte> pixels = Sum(x, ref upperOrigin, ref lowerOrigin, half);
            Unsafe.WriteUnaligned(ref to[3 * x], pixels.GetLower().AsInt32().ToScalar());
            Unsafe.WriteUnaligned(ref toLower[3 * x], pixels.GetUpper().AsInt32().ToScalar());
        }

        if (length > 0)
        {
            Vector256<byte> last = Sum(length - 1, ref upperOrigin, ref lowerOrigin, half);
            for (int channel = 0; channel < 3; channel++)
            {
                to[(3 * (length - 1)) + channel] = last[channel];
                toLower[(3 * (length - 1)) + channel] = last[16 + channel];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<byte> Sum(int x, ref byte upper, ref byte lower, int half)
    {
        nint at = _byteOffset[x];
        Vector256<int> high = Vector256<int>.Zero, low = Vector256.Create(half);
        foreach (var (highPair, lowPair) in _weights.AsSpan(_start[x], _start[x + 1] - _start[x]))
        {
            Vector256<short> pixels = Avx2.Shuffle(
                Vector256.Create(
                    Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref upper, at))),
                    Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref lower, at)))).AsByte(),
                s_pairs).AsInt16();
            high += Avx2.MultiplyAddAdjacent(pixels, Vector256.Create(highPair).AsInt16());
            low += Avx2.MultiplyAddAdjacent(pixels, Vector256.Create(lowPair).AsInt16());
            at += 6;
        }

        // The packing instructions clip: to 16 bits with sign, then to a byte without.
        Vector256<int> sums = ((high << LowBits) + low) >> ResampleWeights.Bits;
        Vector256<short> words = Avx2.PackSignedSaturate(sums, sums);
        return Avx2.PackUnsignedSaturate(words, words);
    }

    private static int Pair(int first, int second) => (first & 0xFFFF) | (second << 16);
}

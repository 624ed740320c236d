using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Filip.Embeddings.Pictures;

/// <summary>A part of a resized picture, in its pixels.</summary>
internal readonly record struct ResizeWindow(int X, int Y, int Width, int Height);

/// <summary>Resizes pictures of one size to another as Pillow 12 does, to the bit; only the window that is wanted is made.</summary>
/// <remarks>
/// Horizontal pass first, always; sums in 32-bit integers, each pass rounded to 8 bits. A plan is immutable and may
/// serve many threads.
/// </remarks>
internal sealed class ResizePlan
{
    private const int Half = 1 << (ResampleWeights.Bits - 1);

    private readonly ResampleWeights? _across;
    private readonly PairedTaps? _paired;
    private readonly ResampleWeights? _down;
    private readonly int[] _nearestColumns = [];
    private readonly int[] _nearestRows = [];

    /// <summary>Works out weights, or for <see cref="ResizeFilter.Nearest"/> positions.</summary>
    public ResizePlan(int sourceWidth, int sourceHeight, int width, int height, ResizeFilter filter, ResizeWindow window)
    {
        (SourceWidth, SourceHeight, Window) = (sourceWidth, sourceHeight, window);
        if (filter == ResizeFilter.Nearest)
        {
            _nearestColumns = Nearest(sourceWidth, width, window.X, window.Width);
            _nearestRows = Nearest(sourceHeight, height, window.Y, window.Height);
        }
        else
        {
            _across = new ResampleWeights(sourceWidth, width, filter, window.X, window.Width);
            _paired = PairedTaps.IsSupported ? new PairedTaps(_across, window.Width) : null;
            _down = new ResampleWeights(sourceHeight, height, filter, window.Y, window.Height);
        }
    }

    /// <summary>Width of the pictures that it takes.</summary>
    public int SourceWidth { get; }

    /// <summary>Height of the pictures that it takes.</summary>
    public int SourceHeight { get; }

    /// <summary>The part of the resized picture that it makes.</summary>
    public ResizeWindow Window { get; }

    /// <summary>The whole of a picture, resized.</summary>
    public static RgbPicture Resize(RgbPicture picture, int width, int height, ResizeFilter filter)
    {
        var plan = new ResizePlan(
            picture.Width, picture.Height, width, height, filter, new ResizeWindow(0, 0, width, height));
        byte[] pixels = new byte[3 * width * height];
        plan.Run(picture.Pixels, pixels);
        return new RgbPicture(pixels, width, height);
    }

    /// <summary>Fills the window.</summary>
    /// <param name="source">A picture of the plan's size.</param>
    /// <param name="window">Interleaved RGB, row by row.</param>
    public void Run(ReadOnlySpan<byte> source, Span<byte> window)
    {
        if (_across is null || _down is null)
        {
            RunNearest(source, window);
            return;
        }

        int rowBytes = 3 * Window.Width;
        (int begin, int end) = (_down.Begin, _down.End);
        byte[] narrowed = ArrayPool<byte>.Shared.Rent(rowBytes * (end - begin));
        byte[] lines = ArrayPool<byte>.Shared.Rent(2 * LineRoom);
        try
        {
            for (int row = begin; row < end; row += 2)
            {
                // An odd row out is its own partner. Pixels are read a few bytes too far, so rows stand in lines of their own.
                int partner = Math.Min(row + 1, end - 1);
                ReadOnlySpan<byte> upper = Line(source, row, lines.AsSpan(0, LineRoom));
                ReadOnlySpan<byte> lower = Line(source, partner, lines.AsSpan(LineRoom, LineRoom));
                Span<byte> to = narrowed.AsSpan((row - begin) * rowBytes, rowBytes);
                Span<byte> toLower = narrowed.AsSpan((partner - begin) * rowBytes, rowBytes);
                if (_paired is not null)
                {
                    _paired.Run(upper, lower, Half, to, toLower);
                }
                else
                {
                    Across(upper, lower, _across, to, toLower);
                }
            }

            for (int row = 0; row < Window.Height; row++)
            {
                ReadOnlySpan<byte> rows = narrowed.AsSpan((_down.First(row) - begin) * rowBytes);
                Down(rows, _down.Of(row), window.Slice(row * rowBytes, rowBytes));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(narrowed);
            ArrayPool<byte>.Shared.Return(lines);
        }
    }

    private int LineRoom => (3 * SourceWidth) + PairedTaps.Overrun;

    private ReadOnlySpan<byte> Line(ReadOnlySpan<byte> source, int row, Span<byte> line)
    {
        source.Slice(3 * SourceWidth * row, 3 * SourceWidth).CopyTo(line);
        return line;
    }

    /// <summary>Of two rows at once: three channels and a stranger of each stand in eight lanes; strangers are not stored.</summary>
    private static void Across(ReadOnlySpan<byte> upper, ReadOnlySpan<byte> lower, ResampleWeights weights, Span<byte> to, Span<byte> toLower)
    {
        ref byte upperOrigin = ref MemoryMarshal.GetReference(upper);
        ref byte lowerOrigin = ref MemoryMarshal.GetReference(lower);
        int room = Math.Min(upper.Length, lower.Length);
        for (int x = 0, at = 0; at < to.Length; x++, at += 3)
        {
            ReadOnlySpan<int> taps = weights.Of(x);
            int first = 3 * weights.First(x);
            if (first + (3 * taps.Length) >= room)
            {
                throw new InvalidOperationException("The weights reach past the row.");
            }

            ref byte upperPixel = ref Unsafe.Add(ref upperOrigin, first);
            ref byte lowerPixel = ref Unsafe.Add(ref lowerOrigin, first);
            Vector256<int> sum = Vector256.Create(Half);
            foreach (int weight in taps)
            {
                ulong both = Unsafe.ReadUnaligned<uint>(ref upperPixel) | ((ulong)Unsafe.ReadUnaligned<uint>(ref lowerPixel) << 32);
                Vector128<ushort> values = Vector128.WidenLower(Vector128.CreateScalar(both).AsByte());
                sum += Vector256.Create(Vector128.WidenLower(values), Vector128.WidenUpper(values)).AsInt32() * weight;
                upperPixel = ref Unsafe.Add(ref upperPixel, 3);
                lowerPixel = ref Unsafe.Add(ref lowerPixel, 3);
            }

            Vector256<int> clipped = Clip(sum);
            to[at] = (byte)clipped[0];
            to[at + 1] = (byte)clipped[1];
            to[at + 2] = (byte)clipped[2];
            toLower[at] = (byte)clipped[4];
            toLower[at + 1] = (byte)clipped[5];
            toLower[at + 2] = (byte)clipped[6];
        }
    }

    /// <summary>Bytes stand side by side in the lanes, 32 at a time; what is left over goes one by one.</summary>
    private static void Down(ReadOnlySpan<byte> rows, ReadOnlySpan<int> taps, Span<byte> to)
    {
        int at = 0;
        for (; at + Vector256<byte>.Count <= to.Length; at += Vector256<byte>.Count)
        {
            Vector256<int> a = Vector256.Create(Half), b = a, c = a, d = a;
            int row = at;
            foreach (int weight in taps)
            {
                (Vector256<ushort> low, Vector256<ushort> high) =
                    Vector256.Widen(Vector256.Create<byte>(rows.Slice(row, Vector256<byte>.Count)));
                (Vector256<uint> first, Vector256<uint> second) = Vector256.Widen(low);
                (Vector256<uint> third, Vector256<uint> fourth) = Vector256.Widen(high);
                a += first.AsInt32() * weight;
                b += second.AsInt32() * weight;
                c += third.AsInt32() * weight;
                d += fourth.AsInt32() * weight;
                row += to.Length;
            }

            Vector256<ushort> lower = Vector256.Narrow(Clip(a).AsUInt32(), Clip(b).AsUInt32());
            Vector256<ushort> upper = Vector256.Narrow(Clip(c).AsUInt32(), Clip(d).AsUInt32());
            Vector256.Narrow(lower, upper).CopyTo(to.Slice(at, Vector256<byte>.Count));
        }

        for (; at < to.Length; at++)
        {
            int sum = Half;
            int row = at;
            foreach (int weight in taps)
            {
                sum += rows[row] * weight;
                row += to.Length;
            }

            to[at] = (byte)Math.Clamp(sum >> ResampleWeights.Bits, 0, 255);
        }
    }

    private static Vector256<int> Clip(Vector256<int> sums) =>
        Vector256.Min(Vector256.Max(sums >> ResampleWeights.Bits, Vector256<int>.Zero), Vector256.Create(255));

    private void RunNearest(ReadOnlySpan<byte> source, Span<byte> window)
    {
        int to = 0;
        foreach (int row in _nearestRows)
        {
            ReadOnlySpan<byte> line = source.Slice(3 * SourceWidth * row, 3 * SourceWidth);
            foreach (int column in _nearestColumns)
            {
                line.Slice(3 * column, 3).CopyTo(window[to..]);
                to += 3;
            }
        }
    }

    /// <summary>Pillow adds the step up in double; at exact halves the pixel picked hangs on that very sum.</summary>
    private static int[] Nearest(int from, int to, int start, int length)
    {
        double step = (double)from / to;
        double position = step * 0.5;
        int[] picked = new int[length];
        for (int index = 0; index < start + length; index++, position += step)
        {
            if (index >= start)
            {
                picked[index - start] = Math.Min((int)position, from - 1);
            }
        }

        return picked;
    }
}

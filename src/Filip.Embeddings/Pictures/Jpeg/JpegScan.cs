using System.Numerics;

namespace Filip.Embeddings.Pictures.Jpeg;

/// <summary>One scan: which components, which coefficients, which bits of them; walks its codes and keeps no picture.</summary>
/// <param name="Frame">The frame it belongs to.</param>
/// <param name="Components">The components in the scan, 1 to 4.</param>
/// <param name="First">First coefficient in coded order.</param>
/// <param name="Last">Last coefficient.</param>
/// <param name="High">Bit that the previous scan stopped at; 0 for the first.</param>
/// <param name="RestartInterval">Units between restart markers; 0 for none.</param>
internal sealed record JpegScan(
    JpegFrame Frame, JpegComponent[] Components, int First, int Last, int High, int RestartInterval)
{
    private const string PastEnd = "A block's coefficients run past its end.";

    // Blocks still covered by the last end-of-band run.
    private int _endRun;

    private bool Alone => Components.Length == 1;

    /// <summary>Units in a row: blocks where the component is alone.</summary>
    private int Wide => Alone ? Frame.BlocksWide(Components[0]) : Frame.UnitsWide;

    private int Tall => Alone ? Frame.BlocksHigh(Components[0]) : Frame.UnitsHigh;

    /// <summary>Blocks that a walk visits.</summary>
    public long Blocks => (long)Wide * Tall * (Alone ? 1 : Components.Sum(component => component.H * component.V));

    /// <summary>Walks the scan's data: every block must be coded, and by codes that there are.</summary>
    /// <returns>Position of the 0xFF before the marker that ends it.</returns>
    /// <exception cref="PictureRefusedException">The data ends early, or cannot be.</exception>
    public int Walk(ReadOnlySpan<byte> file, int position)
    {
        var reader = new BitReader(file, position);
        (int wide, int units) = (Wide, Wide * Tall);
        for (int unit = 0; unit < units; unit++)
        {
            if (RestartInterval > 0 && unit > 0 && unit % RestartInterval == 0)
            {
                reader.Restart(((unit / RestartInterval) - 1) & 7);
                _endRun = 0;
            }

            foreach (JpegComponent component in Components)
            {
                (int rows, int columns) = Alone ? (1, 1) : (component.V, component.H);
                for (int block = 0; block < rows * columns; block++)
                {
                    if (!Frame.Progressive)
                    {
                        WalkSequential(ref reader, component);
                        continue;
                    }

                    int row = (unit / wide * rows) + (block / columns);
                    int column = (unit % wide * columns) + (block % columns);
                    WalkProgressive(
                        ref reader, component, ref component.Known[(row * Frame.UnitsWide * component.H) + column]);
                }
            }
        }

        return reader.End();
    }

    private static void WalkSequential(ref BitReader reader, JpegComponent component)
    {
        reader.Symbol(component.Dc!, withNumber: true);
        HuffmanTable table = component.Ac!;
        for (int k = 1; k < 64; k++)
        {
            int symbol = reader.Symbol(table, withNumber: true);
            if ((symbol & 15) == 0 && symbol != 0xF0)
            {
                return;
            }

            k += symbol >> 4;
            if (k > 63 && symbol != 0xF0)
            {
                throw PictureRefusedException.Corrupt(PastEnd);
            }
        }
    }

    private void WalkProgressive(ref BitReader reader, JpegComponent component, ref ulong known)
    {
        if (First > 0 && High == 0)
        {
            WalkFirst(ref reader, component.Ac!, ref known);
        }
        else if (First > 0)
        {
            WalkRefinement(ref reader, component.Ac!, ref known);
        }
        else if (High == 0)
        {
            reader.Symbol(component.Dc!, withNumber: true);
        }
        else
        {
            reader.Bits(1);
        }
    }

    private void WalkFirst(ref BitReader reader, HuffmanTable table, ref ulong known)
    {
        for (int k = First; _endRun == 0 && k <= Last; k++)
        {
            int symbol = reader.Symbol(table, withNumber: true);
            if ((symbol & 15) == 0 && symbol != 0xF0)
            {
                _endRun = EndOfBands(ref reader, symbol >> 4);
                break;
            }

            k += symbol >> 4;
            PictureRefusedException.CorruptIf(k > Last && symbol != 0xF0, PastEnd);
            known |= symbol == 0xF0 ? 0 : 1UL << k;
        }

        _endRun -= Math.Sign(_endRun);
    }

    private void WalkRefinement(ref BitReader reader, HuffmanTable table, ref ulong known)
    {
        int k = First;
        for (; _endRun == 0 && k <= Last; k++)
        {
            int symbol = reader.Symbol(table, withNumber: false);
            (int zeros, int size) = (symbol >> 4, symbol & 15);
            PictureRefusedException.CorruptIf(size > 1, "A refinement brings a coefficient of more than one bit.");
            if (size == 0 && zeros != 15)
            {
                _endRun = EndOfBands(ref reader, zeros);
                break;
            }

            // The new one's sign; then a bit for each known one on the way to the zero that becomes the new one.
            reader.Skip(size);
            for (; k <= Last; k++)
            {
                if (((known >> k) & 1) != 0)
                {
                    reader.Skip(1);
                }
                else if (zeros-- == 0)
                {
                    break;
                }
            }

            PictureRefusedException.CorruptIf(size != 0 && k > Last, PastEnd);
            known |= (ulong)size << k;
        }

        if (_endRun > 0)
        {
            reader.Skip(BitOperations.PopCount((known >> k << k) & (ulong.MaxValue >> (63 - Last))));
            _endRun--;
        }
    }

    private static int EndOfBands(ref BitReader reader, int size) =>
        (1 << size) + (size > 0 ? reader.Bits(size) : 0);
}

namespace Filip.Embeddings.Pictures.Jpeg;

/// <summary>What one scan of a progressive frame adds to each block.</summary>
internal sealed class ProgressiveBlocks(JpegScan scan)
{
    /// <summary>Blocks still covered by the last end-of-band run.</summary>
    public int EndRun { get; set; }

    /// <summary>Adds this scan's share to one block.</summary>
    public void Decode(ref BitReader reader, JpegComponent component, Span<short> block)
    {
        if (scan.First == 0)
        {
            DecodeDc(ref reader, component, block);
        }
        else if (scan.High == 0)
        {
            DecodeFirst(ref reader, component.Ac!, block);
        }
        else
        {
            Refine(ref reader, component.Ac!, block);
        }
    }

    private void DecodeDc(ref BitReader reader, JpegComponent component, Span<short> block)
    {
        if (scan.High == 0)
        {
            component.Prediction += reader.Signed(reader.Symbol(component.Dc!));
            block[0] = (short)(component.Prediction << scan.Low);
        }
        else if (reader.Bits(1) != 0)
        {
            block[0] |= (short)(1 << scan.Low);
        }
    }

    private void DecodeFirst(ref BitReader reader, HuffmanTable table, Span<short> block)
    {
        if (EndRun > 0)
        {
            EndRun--;
            return;
        }

        ReadOnlySpan<byte> natural = ZigZag.Natural;
        for (int k = scan.First; k <= scan.Last; k++)
        {
            int symbol = reader.Symbol(table);
            int run = symbol >> 4;
            int size = symbol & 15;
            if (size != 0)
            {
                k += run;
                if (k > 63)
                {
                    throw PictureRefusedException.Corrupt("A block's coefficients run past its end.");
                }

                block[natural[k]] = (short)(reader.Signed(size) << scan.Low);
            }
            else if (run == 15)
            {
                k += 15;
            }
            else
            {
                EndRun = EndOfBands(ref reader, run) - 1;
                return;
            }
        }
    }

    private void Refine(ref BitReader reader, HuffmanTable table, Span<short> block)
    {
        ReadOnlySpan<byte> natural = ZigZag.Natural;
        short one = (short)(1 << scan.Low);
        int k = scan.First;
        for (; EndRun == 0 && k <= scan.Last; k++)
        {
            int symbol = reader.Symbol(table);
            int zeros = symbol >> 4;
            short fresh = 0;
            switch (symbol & 15)
            {
                case 0 when zeros != 15:
                    EndRun = EndOfBands(ref reader, zeros);
                    break;
                case 0:
                    break;
                case 1:
                    fresh = reader.Bits(1) != 0 ? one : (short)-one;
                    break;
                default:
                    throw PictureRefusedException.Corrupt("A refinement brings a coefficient of more than one bit.");
            }

            if (EndRun > 0)
            {
                break;
            }

            // Known coefficients on the way get their next bit; the fresh one goes to the zero after the run.
            for (; k <= scan.Last; k++)
            {
                ref short value = ref block[natural[k]];
                if (value != 0)
                {
                    Correct(ref reader, ref value, one);
                }
                else if (zeros-- == 0)
                {
                    value = fresh;
                    break;
                }
            }

            if (fresh != 0 && k > scan.Last)
            {
                throw PictureRefusedException.Corrupt("A block's coefficients run past its end.");
            }
        }

        if (EndRun > 0)
        {
            for (; k <= scan.Last; k++)
            {
                ref short value = ref block[natural[k]];
                if (value != 0)
                {
                    Correct(ref reader, ref value, one);
                }
            }

            EndRun--;
        }
    }

    private static void Correct(ref BitReader reader, ref short value, short one)
    {
        if (reader.Bits(1) != 0 && (value & one) == 0)
        {
            value += value >= 0 ? one : (short)-one;
        }
    }

    private static int EndOfBands(ref BitReader reader, int size) =>
        (1 << size) + (size > 0 ? reader.Bits(size) : 0);
}

namespace Filip.Embeddings.Pictures.Jpeg;

/// <summary>One scan's header: which components, which coefficients, which bits of them.</summary>
/// <param name="Components">The components in the scan, 1 to 4.</param>
/// <param name="First">First coefficient in coded order.</param>
/// <param name="Last">Last coefficient.</param>
/// <param name="High">Bit that the previous scan stopped at; 0 for the first.</param>
/// <param name="Low">Bit that this scan stops at.</param>
/// <param name="RestartInterval">Units between restart markers; 0 for none.</param>
internal sealed record JpegScan(
    JpegComponent[] Components, int First, int Last, int High, int Low, int RestartInterval)
{
    /// <summary>Decodes the scan's data.</summary>
    /// <returns>Position of the 0xFF before the marker that ends it.</returns>
    /// <exception cref="PictureRefusedException">The data ends early, or cannot be.</exception>
    public int Decode(ReadOnlySpan<byte> data, int position, JpegFrame frame)
    {
        var reader = new BitReader(data, position);
        bool alone = Components.Length == 1;
        int wide = alone ? Components[0].BlocksWide : frame.UnitsWide;
        int high = alone ? Components[0].BlocksHigh : frame.UnitsHigh;
        var progressive = new ProgressiveBlocks(this);
        Span<short> block = stackalloc short[64];
        int untilRestart = RestartInterval;
        int restarts = 0;
        Forget();
        for (int row = 0; row < high; row++)
        {
            for (int column = 0; column < wide; column++)
            {
                if (RestartInterval > 0 && untilRestart-- == 0)
                {
                    reader.Restart(restarts++ & 7);
                    Forget();
                    progressive.EndRun = 0;
                    untilRestart = RestartInterval - 1;
                }

                foreach (JpegComponent component in Components)
                {
                    int rows = alone ? 1 : component.V;
                    int columns = alone ? 1 : component.H;
                    for (int blockRow = row * rows; blockRow < (row + 1) * rows; blockRow++)
                    {
                        for (int blockColumn = column * columns; blockColumn < (column + 1) * columns; blockColumn++)
                        {
                            if (frame.Progressive)
                            {
                                int offset = component.CoefficientOffset(blockRow, blockColumn);
                                progressive.Decode(ref reader, component, component.Coefficients.AsSpan(offset, 64));
                                continue;
                            }

                            block.Clear();
                            DecodeSequential(ref reader, component, block);
                            InverseDct.Write(
                                block, component.Steps,
                                component.Plane.AsSpan(component.PlaneOffset(blockRow, blockColumn)), component.Stride);
                        }
                    }
                }
            }
        }

        return reader.End();
    }

    private void Forget()
    {
        foreach (JpegComponent component in Components)
        {
            component.Prediction = 0;
        }
    }

    private static void DecodeSequential(ref BitReader reader, JpegComponent component, scoped Span<short> block)
    {
        ReadOnlySpan<byte> natural = ZigZag.Natural;
        reader.SymbolAndNumber(component.Dc!, out int difference);
        component.Prediction += difference;
        block[0] = (short)component.Prediction;
        HuffmanTable table = component.Ac!;
        for (int k = 1; k < 64; k++)
        {
            int symbol = reader.SymbolAndNumber(table, out int value);
            int run = symbol >> 4;
            if ((symbol & 15) == 0)
            {
                if (run != 15)
                {
                    break;
                }

                k += 15;
                continue;
            }

            k += run;
            if (k > 63)
            {
                throw PictureRefusedException.Corrupt("A block's coefficients run past its end.");
            }

            block[natural[k]] = (short)value;
        }
    }
}

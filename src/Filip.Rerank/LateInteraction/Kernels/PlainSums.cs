namespace Filip.Rerank.LateInteraction.Kernels;

/// <summary>Dot products by plain loops: the twin that every vector kernel is compared with, and the last resort.</summary>
internal static unsafe class PlainSums
{
    /// <summary>Float32 words.</summary>
    public static void Floats(in SumBlock block)
    {
        for (nint row = 0; row < block.RowCount; row++)
        {
            var words = (float*)block.Row(row);
            for (nint lane = 0; lane < block.Lanes; lane++)
            {
                var sum = ((float*)block.Start)[(row * block.StartStride) + lane];
                for (var word = block.From; word < block.To; word++)
                {
                    sum += ((float*)block.Query)[(word * block.Lanes) + lane] * words[word - block.From];
                }

                ((float*)block.Sums)[(row * block.Lanes) + lane] = sum;
            }
        }
    }

    /// <summary>Signed 32-bit words.</summary>
    public static void Integers(in SumBlock block)
    {
        for (nint row = 0; row < block.RowCount; row++)
        {
            var words = (int*)block.Row(row);
            for (nint lane = 0; lane < block.Lanes; lane++)
            {
                var sum = ((int*)block.Start)[(row * block.StartStride) + lane];
                for (var word = block.From; word < block.To; word++)
                {
                    sum += ((int*)block.Query)[(word * block.Lanes) + lane] * words[word - block.From];
                }

                ((int*)block.Sums)[(row * block.Lanes) + lane] = sum;
            }
        }
    }
}

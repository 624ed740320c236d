using System.Runtime.CompilerServices;

namespace Filip.Rerank.LateInteraction.Kernels;

/// <content>The widest blocks: twelve sums, and all registers of a 16-register unit where the addition is fused.</content>
internal static unsafe partial class BlockedSums<TLanes, TVector>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tokens4(in SumBlock block, nint lane)
    {
        nint count = TLanes.Count;
        var lanes = block.Lanes;
        for (nint row = 0; row < block.RowCount; row += 3)
        {
            var start = block.Start + (row * block.StartStride) + lane;
            var stride = block.StartStride;
            var row0 = block.Row(row);
            var row1 = block.Row(row + 1);
            var row2 = block.Row(row + 2);
            var sum00 = TLanes.Load(start);
            var sum01 = TLanes.Load(start + count);
            var sum02 = TLanes.Load(start + (2 * count));
            var sum03 = TLanes.Load(start + (3 * count));
            var sum10 = TLanes.Load(start + stride);
            var sum11 = TLanes.Load(start + stride + count);
            var sum12 = TLanes.Load(start + stride + (2 * count));
            var sum13 = TLanes.Load(start + stride + (3 * count));
            var sum20 = TLanes.Load(start + (2 * stride));
            var sum21 = TLanes.Load(start + (2 * stride) + count);
            var sum22 = TLanes.Load(start + (2 * stride) + (2 * count));
            var sum23 = TLanes.Load(start + (2 * stride) + (3 * count));
            var query = block.Query + (block.From * lanes) + lane;
            var words = block.To - block.From;
            for (nint word = 0; word < words; word++, query += lanes)
            {
                var patch0 = TLanes.Broadcast(row0 + (word * sizeof(uint)));
                var patch1 = TLanes.Broadcast(row1 + (word * sizeof(uint)));
                var patch2 = TLanes.Broadcast(row2 + (word * sizeof(uint)));
                var tokens = TLanes.Load(query);
                sum00 = TLanes.Add(sum00, tokens, patch0);
                sum10 = TLanes.Add(sum10, tokens, patch1);
                sum20 = TLanes.Add(sum20, tokens, patch2);
                tokens = TLanes.Load(query + count);
                sum01 = TLanes.Add(sum01, tokens, patch0);
                sum11 = TLanes.Add(sum11, tokens, patch1);
                sum21 = TLanes.Add(sum21, tokens, patch2);
                tokens = TLanes.Load(query + (2 * count));
                sum02 = TLanes.Add(sum02, tokens, patch0);
                sum12 = TLanes.Add(sum12, tokens, patch1);
                sum22 = TLanes.Add(sum22, tokens, patch2);
                tokens = TLanes.Load(query + (3 * count));
                sum03 = TLanes.Add(sum03, tokens, patch0);
                sum13 = TLanes.Add(sum13, tokens, patch1);
                sum23 = TLanes.Add(sum23, tokens, patch2);
            }

            var sums = block.Sums + (row * lanes) + lane;
            TLanes.Store(sum00, sums);
            TLanes.Store(sum01, sums + count);
            TLanes.Store(sum02, sums + (2 * count));
            TLanes.Store(sum03, sums + (3 * count));
            TLanes.Store(sum10, sums + lanes);
            TLanes.Store(sum11, sums + lanes + count);
            TLanes.Store(sum12, sums + lanes + (2 * count));
            TLanes.Store(sum13, sums + lanes + (3 * count));
            TLanes.Store(sum20, sums + (2 * lanes));
            TLanes.Store(sum21, sums + (2 * lanes) + count);
            TLanes.Store(sum22, sums + (2 * lanes) + (2 * count));
            TLanes.Store(sum23, sums + (2 * lanes) + (3 * count));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tokens3(in SumBlock block, nint lane)
    {
        nint count = TLanes.Count;
        var lanes = block.Lanes;
        for (nint row = 0; row < block.RowCount; row += 4)
        {
            var start = block.Start + (row * block.StartStride) + lane;
            var stride = block.StartStride;
            var row0 = block.Row(row);
            var row1 = block.Row(row + 1);
            var row2 = block.Row(row + 2);
            var row3 = block.Row(row + 3);
            var sum00 = TLanes.Load(start);
            var sum01 = TLanes.Load(start + count);
            var sum02 = TLanes.Load(start + (2 * count));
            var sum10 = TLanes.Load(start + stride);
            var sum11 = TLanes.Load(start + stride + count);
            var sum12 = TLanes.Load(start + stride + (2 * count));
            var sum20 = TLanes.Load(start + (2 * stride));
            var sum21 = TLanes.Load(start + (2 * stride) + count);
            var sum22 = TLanes.Load(start + (2 * stride) + (2 * count));
            var sum30 = TLanes.Load(start + (3 * stride));
            var sum31 = TLanes.Load(start + (3 * stride) + count);
            var sum32 = TLanes.Load(start + (3 * stride) + (2 * count));
            var query = block.Query + (block.From * lanes) + lane;
            var words = block.To - block.From;
            for (nint word = 0; word < words; word++, query += lanes)
            {
                var tokens0 = TLanes.Load(query);
                var tokens1 = TLanes.Load(query + count);
                var tokens2 = TLanes.Load(query + (2 * count));
                var patch = TLanes.Broadcast(row0 + (word * sizeof(uint)));
                sum00 = TLanes.Add(sum00, tokens0, patch);
                sum01 = TLanes.Add(sum01, tokens1, patch);
                sum02 = TLanes.Add(sum02, tokens2, patch);
                patch = TLanes.Broadcast(row1 + (word * sizeof(uint)));
                sum10 = TLanes.Add(sum10, tokens0, patch);
                sum11 = TLanes.Add(sum11, tokens1, patch);
                sum12 = TLanes.Add(sum12, tokens2, patch);
                patch = TLanes.Broadcast(row2 + (word * sizeof(uint)));
                sum20 = TLanes.Add(sum20, tokens0, patch);
                sum21 = TLanes.Add(sum21, tokens1, patch);
                sum22 = TLanes.Add(sum22, tokens2, patch);
                patch = TLanes.Broadcast(row3 + (word * sizeof(uint)));
                sum30 = TLanes.Add(sum30, tokens0, patch);
                sum31 = TLanes.Add(sum31, tokens1, patch);
                sum32 = TLanes.Add(sum32, tokens2, patch);
            }

            var sums = block.Sums + (row * lanes) + lane;
            TLanes.Store(sum00, sums);
            TLanes.Store(sum01, sums + count);
            TLanes.Store(sum02, sums + (2 * count));
            TLanes.Store(sum10, sums + lanes);
            TLanes.Store(sum11, sums + lanes + count);
            TLanes.Store(sum12, sums + lanes + (2 * count));
            TLanes.Store(sum20, sums + (2 * lanes));
            TLanes.Store(sum21, sums + (2 * lanes) + count);
            TLanes.Store(sum22, sums + (2 * lanes) + (2 * count));
            TLanes.Store(sum30, sums + (3 * lanes));
            TLanes.Store(sum31, sums + (3 * lanes) + count);
            TLanes.Store(sum32, sums + (3 * lanes) + (2 * count));
        }
    }
}

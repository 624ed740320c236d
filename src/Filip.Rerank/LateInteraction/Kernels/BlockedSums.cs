using System.Runtime.CompilerServices;

namespace Filip.Rerank.LateInteraction.Kernels;

/// <summary>Dot products by blocks that stay in registers: a few vectors of tokens times a few patches.</summary>
/// <remarks>
/// <para>Lanes are tokens and rows are patches, so every dot product is one chain of additions in the order of the
/// words, whatever the block: a score depends on nothing beside it.</para>
/// <para>Indexes are <c>nint</c>: an <c>int</c> index in these loops costs a sign extension a step.</para>
/// <para>Compiled at once at full strength: the first queries would otherwise run unoptimised code.</para>
/// </remarks>
internal static unsafe partial class BlockedSums<TLanes, TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    /// <summary>Fills the block's sums.</summary>
    public static void Run(in SumBlock block)
    {
        nint count = TLanes.Count;
        nint lane = 0;
        if (TLanes.IsFused)
        {
            for (; block.Lanes - lane >= 4 * count; lane += 4 * count)
            {
                Tokens4(block, lane);
            }

            if (block.Lanes - lane == 3 * count)
            {
                Tokens3(block, lane);
                return;
            }
        }

        for (; block.Lanes - lane >= 2 * count; lane += 2 * count)
        {
            Tokens2(block, lane);
        }

        if (lane < block.Lanes)
        {
            Tokens1(block, lane);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tokens2(in SumBlock block, nint lane)
    {
        nint count = TLanes.Count;
        var lanes = block.Lanes;
        for (nint row = 0; row < block.RowCount; row += 6)
        {
            var start = block.Start + (row * block.StartStride) + lane;
            var stride = block.StartStride;
            var row0 = block.Row(row);
            var row1 = block.Row(row + 1);
            var row2 = block.Row(row + 2);
            var row3 = block.Row(row + 3);
            var row4 = block.Row(row + 4);
            var row5 = block.Row(row + 5);
            var sum00 = TLanes.Load(start);
            var sum01 = TLanes.Load(start + count);
            var sum10 = TLanes.Load(start + stride);
            var sum11 = TLanes.Load(start + stride + count);
            var sum20 = TLanes.Load(start + (2 * stride));
            var sum21 = TLanes.Load(start + (2 * stride) + count);
            var sum30 = TLanes.Load(start + (3 * stride));
            var sum31 = TLanes.Load(start + (3 * stride) + count);
            var sum40 = TLanes.Load(start + (4 * stride));
            var sum41 = TLanes.Load(start + (4 * stride) + count);
            var sum50 = TLanes.Load(start + (5 * stride));
            var sum51 = TLanes.Load(start + (5 * stride) + count);
            var query = block.Query + (block.From * lanes) + lane;
            var words = block.To - block.From;
            for (nint word = 0; word < words; word++, query += lanes)
            {
                var tokens0 = TLanes.Load(query);
                var tokens1 = TLanes.Load(query + count);
                var patch = TLanes.Broadcast(row0 + (word * sizeof(uint)));
                sum00 = TLanes.Add(sum00, tokens0, patch);
                sum01 = TLanes.Add(sum01, tokens1, patch);
                patch = TLanes.Broadcast(row1 + (word * sizeof(uint)));
                sum10 = TLanes.Add(sum10, tokens0, patch);
                sum11 = TLanes.Add(sum11, tokens1, patch);
                patch = TLanes.Broadcast(row2 + (word * sizeof(uint)));
                sum20 = TLanes.Add(sum20, tokens0, patch);
                sum21 = TLanes.Add(sum21, tokens1, patch);
                patch = TLanes.Broadcast(row3 + (word * sizeof(uint)));
                sum30 = TLanes.Add(sum30, tokens0, patch);
                sum31 = TLanes.Add(sum31, tokens1, patch);
                patch = TLanes.Broadcast(row4 + (word * sizeof(uint)));
                sum40 = TLanes.Add(sum40, tokens0, patch);
                sum41 = TLanes.Add(sum41, tokens1, patch);
                patch = TLanes.Broadcast(row5 + (word * sizeof(uint)));
                sum50 = TLanes.Add(sum50, tokens0, patch);
                sum51 = TLanes.Add(sum51, tokens1, patch);
            }

            var sums = block.Sums + (row * lanes) + lane;
            TLanes.Store(sum00, sums);
            TLanes.Store(sum01, sums + count);
            TLanes.Store(sum10, sums + lanes);
            TLanes.Store(sum11, sums + lanes + count);
            TLanes.Store(sum20, sums + (2 * lanes));
            TLanes.Store(sum21, sums + (2 * lanes) + count);
            TLanes.Store(sum30, sums + (3 * lanes));
            TLanes.Store(sum31, sums + (3 * lanes) + count);
            TLanes.Store(sum40, sums + (4 * lanes));
            TLanes.Store(sum41, sums + (4 * lanes) + count);
            TLanes.Store(sum50, sums + (5 * lanes));
            TLanes.Store(sum51, sums + (5 * lanes) + count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tokens1(in SumBlock block, nint lane)
    {
        nint count = TLanes.Count;
        var lanes = block.Lanes;
        for (nint row = 0; row < block.RowCount; row += 8)
        {
            var start = block.Start + (row * block.StartStride) + lane;
            var stride = block.StartStride;
            var row0 = block.Row(row);
            var row1 = block.Row(row + 1);
            var row2 = block.Row(row + 2);
            var row3 = block.Row(row + 3);
            var row4 = block.Row(row + 4);
            var row5 = block.Row(row + 5);
            var row6 = block.Row(row + 6);
            var row7 = block.Row(row + 7);
            var sum00 = TLanes.Load(start);
            var sum10 = TLanes.Load(start + stride);
            var sum20 = TLanes.Load(start + (2 * stride));
            var sum30 = TLanes.Load(start + (3 * stride));
            var sum40 = TLanes.Load(start + (4 * stride));
            var sum50 = TLanes.Load(start + (5 * stride));
            var sum60 = TLanes.Load(start + (6 * stride));
            var sum70 = TLanes.Load(start + (7 * stride));
            var query = block.Query + (block.From * lanes) + lane;
            var words = block.To - block.From;
            for (nint word = 0; word < words; word++, query += lanes)
            {
                var tokens0 = TLanes.Load(query);
                var patch = TLanes.Broadcast(row0 + (word * sizeof(uint)));
                sum00 = TLanes.Add(sum00, tokens0, patch);
                patch = TLanes.Broadcast(row1 + (word * sizeof(uint)));
                sum10 = TLanes.Add(sum10, tokens0, patch);
                patch = TLanes.Broadcast(row2 + (word * sizeof(uint)));
                sum20 = TLanes.Add(sum20, tokens0, patch);
                patch = TLanes.Broadcast(row3 + (word * sizeof(uint)));
                sum30 = TLanes.Add(sum30, tokens0, patch);
                patch = TLanes.Broadcast(row4 + (word * sizeof(uint)));
                sum40 = TLanes.Add(sum40, tokens0, patch);
                patch = TLanes.Broadcast(row5 + (word * sizeof(uint)));
                sum50 = TLanes.Add(sum50, tokens0, patch);
                patch = TLanes.Broadcast(row6 + (word * sizeof(uint)));
                sum60 = TLanes.Add(sum60, tokens0, patch);
                patch = TLanes.Broadcast(row7 + (word * sizeof(uint)));
                sum70 = TLanes.Add(sum70, tokens0, patch);
            }

            var sums = block.Sums + (row * lanes) + lane;
            TLanes.Store(sum00, sums);
            TLanes.Store(sum10, sums + lanes);
            TLanes.Store(sum20, sums + (2 * lanes));
            TLanes.Store(sum30, sums + (3 * lanes));
            TLanes.Store(sum40, sums + (4 * lanes));
            TLanes.Store(sum50, sums + (5 * lanes));
            TLanes.Store(sum60, sums + (6 * lanes));
            TLanes.Store(sum70, sums + (7 * lanes));
        }
    }
}

using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Filip.Recall.Embedded.Internals;

/// <summary>Exact nearest neighbours: the dot product with every allowed row, in the order the rows lie on disk.</summary>
/// <remarks>
/// Bound by memory: a row is read once. From about a million values on, all processors share the rows. A row's score does not
/// depend on which others are scanned, nor on the number of threads.
/// </remarks>
internal static unsafe class PooledScan
{
    private const int WordsAPart = 64;
    private const long ValuesForThreads = 1 << 20;

    /// <summary>The best rows of those allowed, best first.</summary>
    public static ScoredRow[] Nearest(
        Catalogue catalogue, IReadOnlyDictionary<int, SegmentMap> segments, Bitmap allowed, ReadOnlyMemory<float> query, int count,
        CancellationToken cancellationToken)
    {
        var words = Math.Min(allowed.Words.Length, (catalogue.RowCount + 63) / 64);
        var parts = (words + WordsAPart - 1) / WordsAPart;
        var capacity = Math.Min(count, catalogue.RowCount);
        if (capacity == 0)
        {
            return [];
        }

        var best = new NearestHeap(capacity, catalogue);
        if ((long)catalogue.RowCount * query.Length < ValuesForThreads || Environment.ProcessorCount == 1)
        {
            for (var part = 0; part < parts; part++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Scan(part, best);
            }

            return best.InOrder();
        }

        var options = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(
            0, parts, options,
            () => new NearestHeap(capacity, catalogue),
            (part, _, own) =>
            {
                Scan(part, own);
                return own;
            },
            own =>
            {
                lock (best)
                {
                    best.OfferAll(own);
                }
            });
        return best.InOrder();

        void Scan(int part, NearestHeap heap)
        {
            var vector = query.Span;
            var rows = catalogue.Rows;
            var known = -1;
            byte* start = null;
            for (var w = part * WordsAPart; w < Math.Min(words, (part + 1) * WordsAPart); w++)
            {
                for (var word = allowed.Words[w]; word != 0; word &= word - 1)
                {
                    var index = (w << 6) + BitOperations.TrailingZeroCount(word);
                    var place = rows[index].Pooled;
                    if (place.Segment != known)
                    {
                        known = place.Segment;
                        start = segments[known].Start;
                    }

                    var row = new ReadOnlySpan<float>(start + place.Offset, vector.Length);
                    heap.Offer(index, TensorPrimitives.Dot(vector, row));
                }
            }
        }
    }

    /// <summary>Whether a row's pooled vector is there and has its checksum.</summary>
    public static bool IsIntact(IReadOnlyDictionary<int, SegmentMap> segments, in PictureRow row, int dimension) =>
        segments.TryGetValue(row.Pooled.Segment, out var map)
        && map.Header.Kind == SegmentKind.Pooled
        && map.Slice(row.Pooled.Offset, dimension * sizeof(float)) is { IsEmpty: false } bytes
        && Checksum.Of(bytes) == row.PooledChecksum
        && Embeddings.Finite.IndexOfNonFinite(MemoryMarshal.Cast<byte, float>(bytes)) < 0;
}

namespace Filip.Recall.Embedded.Internals;

/// <summary>A row with its score.</summary>
internal readonly record struct ScoredRow(int Index, double Score);

/// <summary>Keeps the best rows of many: higher scores first, equals by id (ordinal). The worst kept stands at the root.</summary>
internal sealed class NearestHeap(int capacity, Catalogue catalogue)
{
    private ScoredRow[] _heap = new ScoredRow[Math.Min(capacity, 256)];
    private int _count;

    public void Offer(int index, double score)
    {
        var row = new ScoredRow(index, score);
        if (_count == capacity)
        {
            // The common case, decided by one comparison of numbers.
            if (score < _heap[0].Score || !Before(row, _heap[0]))
            {
                return;
            }

            SinkFromRoot(row);
            return;
        }

        if (_count == _heap.Length)
        {
            Array.Resize(ref _heap, (int)Math.Min(capacity, _count * 2L));
        }

        var place = _count++;
        while (place > 0 && Before(_heap[(place - 1) / 2], row))
        {
            _heap[place] = _heap[(place - 1) / 2];
            place = (place - 1) / 2;
        }

        _heap[place] = row;
    }

    public void OfferAll(NearestHeap other)
    {
        for (var i = 0; i < other._count; i++)
        {
            Offer(other._heap[i].Index, other._heap[i].Score);
        }
    }

    /// <summary>All rows kept, best first.</summary>
    public ScoredRow[] InOrder()
    {
        var rows = _heap.AsSpan(0, _count).ToArray();
        Array.Sort(rows, (left, right) => left.Index == right.Index ? 0 : Before(left, right) ? -1 : 1);
        return rows;
    }

    private bool Before(in ScoredRow left, in ScoredRow right) =>
        left.Score > right.Score
        || (left.Score == right.Score && string.CompareOrdinal(catalogue.IdOf(left.Index), catalogue.IdOf(right.Index)) < 0);

    private void SinkFromRoot(in ScoredRow row)
    {
        var place = 0;
        while (true)
        {
            var child = (place * 2) + 1;
            if (child >= _count)
            {
                break;
            }

            if (child + 1 < _count && Before(_heap[child], _heap[child + 1]))
            {
                child++;
            }

            if (!Before(row, _heap[child]))
            {
                break;
            }

            _heap[place] = _heap[child];
            place = child;
        }

        _heap[place] = row;
    }
}

namespace Filip.Rerank.LateInteraction;

/// <summary>One query's candidates, taken block by block by the caller and a few pool threads.</summary>
/// <remarks>
/// The caller works too and never waits for a thread that has not begun: a full pool makes it slower, not stuck.
/// </remarks>
internal sealed unsafe class ParallelScoring : IThreadPoolWorkItem
{
    private readonly LateInteractionScorer _scorer;
    private readonly PreparedQuery _query;
    private readonly ReadOnlyMemory<ReadOnlyMemory<byte>> _records;
    private readonly double* _scores;
    private readonly CandidateStatus* _statuses;
    private readonly int _blockSize;
    private readonly CancellationToken _cancellationToken;
    private readonly object _gate = new();
    private int _next;
    private int _working;
    private bool _closed;
    private Exception? _failure;

    private ParallelScoring(
        LateInteractionScorer scorer,
        PreparedQuery query,
        ReadOnlyMemory<ReadOnlyMemory<byte>> records,
        double* scores,
        CandidateStatus* statuses,
        int blockSize,
        CancellationToken cancellationToken)
    {
        _scorer = scorer;
        _query = query;
        _records = records;
        _scores = scores;
        _statuses = statuses;
        _blockSize = blockSize;
        _cancellationToken = cancellationToken;
    }

    public static void Run(
        LateInteractionScorer scorer,
        PreparedQuery query,
        ReadOnlyMemory<ReadOnlyMemory<byte>> records,
        Span<double> scores,
        Span<CandidateStatus> statuses,
        int blockSize,
        int threads,
        CancellationToken cancellationToken)
    {
        fixed (double* firstScore = scores)
        fixed (CandidateStatus* firstStatus = statuses)
        {
            ParallelScoring job = new(scorer, query, records, firstScore, firstStatus, blockSize, cancellationToken);
            for (var i = 1; i < threads; i++)
            {
                ThreadPool.UnsafeQueueUserWorkItem(job, preferLocal: false);
            }

            job.Work();
            job.Close();
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <inheritdoc/>
    public void Execute()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _working++;
        }

        try
        {
            Work();
        }
        finally
        {
            lock (_gate)
            {
                _working--;
                Monitor.Pulse(_gate);
            }
        }
    }

    private void Work()
    {
        try
        {
            while (!_cancellationToken.IsCancellationRequested && Volatile.Read(ref _failure) is null)
            {
                var first = (Interlocked.Increment(ref _next) - 1) * _blockSize;
                if (first >= _records.Length)
                {
                    return;
                }

                var count = Math.Min(_blockSize, _records.Length - first);
                _scorer.ScoreBlock(
                    _query, _records.Span.Slice(first, count), new(_scores + first, count), new(_statuses + first, count));
            }
        }
        catch (Exception error)
        {
            // A pool thread's failure must reach the caller, not end the process.
            Interlocked.CompareExchange(ref _failure, error, null);
        }
    }

    /// <summary>Lets nobody in any more and waits for those inside: the spans are pinned only until then.</summary>
    private void Close()
    {
        lock (_gate)
        {
            _closed = true;

            // Work in flight is at most one block a thread; it is waited for even when cancelled.
            while (_working > 0)
            {
                Monitor.Wait(_gate);
            }
        }

        if (_failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_failure);
        }
    }
}

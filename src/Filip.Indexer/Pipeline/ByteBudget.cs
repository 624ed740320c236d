namespace Filip.Indexer.Pipeline;

/// <summary>Bytes that may be in memory at once, shared by many tasks; who wants more waits, first come first served.</summary>
/// <remarks>A wish larger than the whole budget is granted when nothing else is out: a large picture slows the job, it does not stop it.</remarks>
internal sealed class ByteBudget(long capacity)
{
    private readonly long _capacity = capacity;
    private readonly Lock _lock = new();
    private readonly Queue<(long Bytes, TaskCompletionSource Granted)> _waiting = new();
    private long _free = capacity;

    /// <summary>Waits for room. Give the same number back with <see cref="Release"/>.</summary>
    public async ValueTask AcquireAsync(long bytes, CancellationToken cancellationToken)
    {
        TaskCompletionSource granted;
        lock (_lock)
        {
            if (_waiting.Count == 0 && Fits(bytes))
            {
                _free -= bytes;
                return;
            }

            granted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue((bytes, granted));
        }

        // A wait that is given up ends the whole job, so its place in the queue need not be taken back.
        await granted.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Gives room back.</summary>
    public void Release(long bytes)
    {
        lock (_lock)
        {
            _free += bytes;
            while (_waiting.TryPeek(out var next) && Fits(next.Bytes))
            {
                _waiting.Dequeue();
                _free -= next.Bytes;
                next.Granted.SetResult();
            }
        }
    }

    private bool Fits(long bytes) => bytes <= _free || _free == _capacity;
}

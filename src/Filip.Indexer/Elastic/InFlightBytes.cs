namespace Filip.Indexer.Elastic;

/// <summary>Bounds the bytes sent and not yet answered: raised a little after each success, halved at each push-back.</summary>
/// <remarks>
/// Additive increase, multiplicative decrease, as TCP does it. One bulk may always be in flight, however small the limit
/// has become, so that nothing waits for ever.
/// </remarks>
internal sealed class InFlightBytes(long most)
{
    private const long Step = 512 * 1024;
    private const long Least = 256 * 1024;

    private readonly Lock _gate = new();
    private readonly LinkedList<(long Bytes, TaskCompletionSource Ready)> _waiting = new();
    private readonly long _most = most;
    private long _limit = most;
    private long _used;

    /// <summary>The limit now.</summary>
    public long Limit
    {
        get
        {
            lock (_gate)
            {
                return _limit;
            }
        }
    }

    /// <summary>Waits, in order of arrival, until this many bytes may be sent.</summary>
    public async ValueTask EnterAsync(long bytes, CancellationToken cancellationToken)
    {
        LinkedListNode<(long Bytes, TaskCompletionSource Ready)> place;
        lock (_gate)
        {
            if (_waiting.Count == 0 && Fits(bytes))
            {
                _used += bytes;
                return;
            }

            place = _waiting.AddLast((bytes, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)));
        }

        await using var registration = cancellationToken.Register(() =>
        {
            lock (_gate)
            {
                if (place.List is null)
                {
                    return; // let in already: the caller leaves as usual
                }

                _waiting.Remove(place);
                place.Value.Ready.TrySetCanceled(cancellationToken);
                Admit();
            }
        });
        await place.Value.Ready.Task;
    }

    /// <summary>These bytes have been answered.</summary>
    /// <param name="bytes">As many as were entered.</param>
    /// <param name="pushedBack">Whether the server asked for less.</param>
    public void Leave(long bytes, bool pushedBack)
    {
        lock (_gate)
        {
            _used -= bytes;
            _limit = pushedBack ? Math.Max(Least, _limit / 2) : Math.Min(_most, _limit + Step);
            Admit();
        }
    }

    private bool Fits(long bytes) => _used == 0 || _used + bytes <= _limit;

    private void Admit()
    {
        while (_waiting.First is { } first && Fits(first.Value.Bytes))
        {
            _waiting.RemoveFirst();
            _used += first.Value.Bytes;
            first.Value.Ready.SetResult();
        }
    }
}

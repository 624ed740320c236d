namespace Filip.Rerank.Search;

/// <summary>Runs work against a clock and comes back by the deadline, whether the work does or not.</summary>
internal static class DeadlineRace
{
    /// <summary>The work's result, or that it was late. Late work is cancelled and left to end by itself.</summary>
    /// <remarks>
    /// The work starts in any case, and on the pool, so that a part that blocks instead of awaiting (a page fault in a mapped file, a
    /// locked database) cannot hold the answer either. Exceptions of work that was in time are thrown here.
    /// </remarks>
    /// <param name="work">What to run; its token is cancelled at the deadline and when the caller goes.</param>
    /// <param name="left">Time left; with none, only work that is done at once is in time.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">The caller.</param>
    public static async Task<Finish<T>> RunAsync<T>(
        Func<CancellationToken, Task<T>> work, TimeSpan left, TimeProvider time, CancellationToken cancellationToken)
    {
        var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var bell = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = Task.Run(() => work(stop.Token), CancellationToken.None);
        var first = await Task.WhenAny(running, Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, bell.Token)).ConfigureAwait(false);
        await bell.CancelAsync().ConfigureAwait(false);
        if (first == running)
        {
            stop.Dispose();
            return new Finish<T>(true, await running.ConfigureAwait(false));
        }

        // Not awaited: a callback that a slow part registered on the token must not hold the answer.
        _ = stop.CancelAsync();
        _ = running.ContinueWith(
            static (late, source) =>
            {
                _ = late.Exception;
                ((CancellationTokenSource)source!).Dispose();
            },
            stop, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        cancellationToken.ThrowIfCancellationRequested();
        return default;
    }
}

/// <summary>How a race ended.</summary>
/// <param name="InTime">Whether the work was done before the deadline.</param>
/// <param name="Value">Its result, where it was.</param>
internal readonly record struct Finish<T>(bool InTime, T? Value);

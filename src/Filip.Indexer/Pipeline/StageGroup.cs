using System.Runtime.ExceptionServices;

namespace Filip.Indexer.Pipeline;

/// <summary>The stages of a job: the first that fails stops the others, and its exception is the job's.</summary>
internal sealed class StageGroup(CancellationToken abort) : IDisposable
{
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(abort);
    private readonly List<Task> _tasks = [];
    private Exception? _first;

    /// <summary>Ends every stage, when one has failed or the job is aborted.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Starts a stage of one task; <paramref name="ended"/> tells the next stage that no more will come.</summary>
    public void Start(Func<Task> work, Action ended) => Start(1, work, ended);

    /// <summary>Starts a stage of several tasks.</summary>
    public void Start(int count, Func<Task> work, Action ended) =>
        Add(Enumerable.Range(0, count).Select(_ => Task.Run(() => GuardAsync(work))), ended);

    /// <summary>Starts a stage of several threads of its own, for work that never waits.</summary>
    public void StartThreads(int count, Action work, Action ended) =>
        Add(
            Enumerable.Range(0, count).Select(_ => Task.Factory.StartNew(
                () => Guard(work), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)),
            ended);

    /// <summary>Waits for all stages; throws what the first of them failed with.</summary>
    /// <param name="besides">A task whose failure stops the job too, and which is not waited for.</param>
    public async Task WhenAllAsync(Task besides)
    {
        var all = Task.WhenAll(_tasks);
        if (await Task.WhenAny(all, besides.ContinueWith(
            task => Fail(task.Exception!.InnerException!),
            CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default)) != all)
        {
            await all;
        }

        if (_first is not null)
        {
            ExceptionDispatchInfo.Throw(_first);
        }

        abort.ThrowIfCancellationRequested();
    }

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    private void Add(IEnumerable<Task> tasks, Action ended)
    {
        var started = tasks.ToArray();
        _tasks.Add(Task.WhenAll(started).ContinueWith(
            _ => ended(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default));
    }

    private async Task GuardAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // stopped, as asked
        }
        catch (Exception problem)
        {
            Fail(problem);
        }
    }

    private void Guard(Action work)
    {
        try
        {
            work();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // stopped, as asked
        }
        catch (Exception problem)
        {
            Fail(problem);
        }
    }

    private void Fail(Exception problem)
    {
        Interlocked.CompareExchange(ref _first, problem, null);
        _stop.Cancel();
    }
}

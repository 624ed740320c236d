using System.Runtime.CompilerServices;
using Filip.Embeddings;
using Filip.Recall.Embedded.Internals;

namespace Filip.Recall.Embedded;

/// <summary>The one writer of an embedded index. Calls may come from several tasks at once.</summary>
/// <remarks>
/// A call returns after its pictures are on disk: segment bytes first (fsync), then the transaction that makes them visible
/// (synchronous=FULL). Calls that wait together share both. After a failure of the disk the writer refuses everything: what was
/// acknowledged is kept, and opening the index again cuts off the rest.
/// </remarks>
public sealed class EmbeddedIndexWriter : IAsyncDisposable
{
    private readonly string _folder;
    private readonly IDisposable _lock;
    private readonly EmbeddedIndexOptions _options;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly WriteQueue _queue = new();
    private readonly GenerationWriter _storage;
    private Exception? _fault;
    private bool _disposed;

    internal EmbeddedIndexWriter(string path, string generation, IndexStamp running, EmbeddedIndexOptions options, IDisposable taken)
    {
        Path = path;
        Generation = generation;
        _lock = taken;
        _options = options.Validated();
        _folder = System.IO.Path.Combine(path, generation);
        _storage = new GenerationWriter(_folder, running, options.SegmentBytes);
    }

    /// <summary>The index's folder.</summary>
    public string Path { get; }

    /// <summary>What the generation is stamped with.</summary>
    public IndexStamp Stamp => _storage.Stamp;

    /// <summary>Name of the generation written to.</summary>
    public string Generation { get; }

    /// <summary>Called at the marked points of a write; tests stop the process there.</summary>
    internal Action<string>? Milestone
    {
        get => _storage.Milestone;
        set => _storage.Milestone = value;
    }

    /// <summary>Writes pictures durably, replacing those of the same id; of one id twice in a call the last stays.</summary>
    /// <param name="pictures">Any number of pictures.</param>
    /// <param name="cancellationToken">Ends the wait for the turn; a group that is being written is finished.</param>
    /// <returns>One entry a picture, in the order given: null where it is on disk now, or why it will never be taken.</returns>
    /// <exception cref="EmbeddedIndexException">The disk is full, broken or read-only; nothing of this call was acknowledged.</exception>
    public async ValueTask<IReadOnlyList<string?>> WriteAsync(
        IReadOnlyList<EmbeddedPicture> pictures, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        var refusals = new string?[pictures.Count];
        List<AcceptedPicture> accepted = new(pictures.Count);
        for (var i = 0; i < refusals.Length; i++)
        {
            var picture = pictures[i];
            refusals[i] = PictureDoor.Refusal(
                picture.Id, picture.Pooled.Span, picture.PatchRecord.Length, picture.Path, picture.Caption, Stamp);
            if (refusals[i] is null)
            {
                (var json, refusals[i]) = PictureDoor.Attributes(picture.Attributes);
                if (json is not null)
                {
                    accepted.Add(new AcceptedPicture(picture, json));
                }
            }
        }

        if (accepted.Count == 0)
        {
            return refusals;
        }

        var write = new PendingWrite(accepted);
        _queue.Add(write);
        try
        {
            await _turn.WaitAsync(cancellationToken);
        }
        catch
        {
            _queue.Withdraw(write);
            throw;
        }

        try
        {
            if (!write.Done)
            {
                await Task.Run(() => CommitUntil(write), CancellationToken.None);
            }
        }
        finally
        {
            _turn.Release();
        }

        return refusals;
    }

    /// <summary>Content hashes of those of the given pictures that the index holds.</summary>
    /// <param name="ids">Ids to look up.</param>
    /// <param name="cancellationToken">Looked at between ids.</param>
    public ValueTask<IReadOnlyDictionary<string, string>> GetContentHashesAsync(
        IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        ValueTask.FromResult(PictureLookUp.ContentHashes(_folder, ids, cancellationToken));

    /// <summary>All ids, in ordinal order (UTF-16 code units); they are held in memory while listed.</summary>
    /// <param name="cancellationToken">Ends the listing.</param>
    public async IAsyncEnumerable<string> ListIdsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var ids = await Task.Run(() => PictureLookUp.SortedIds(_folder, cancellationToken), cancellationToken);
        foreach (var id in ids)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return id;
        }
    }

    /// <summary>Removes pictures; ids that are not there are passed over. Returns how many were removed.</summary>
    /// <param name="ids">Ids to remove.</param>
    /// <param name="cancellationToken">Ends the wait for the turn.</param>
    public ValueTask<long> DeleteAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return InTurn(() => _storage.Delete(ids), cancellationToken);
    }

    /// <summary>Ends a job: compacts where more than half of the segments' bytes are dead, folds the log in, says the size.</summary>
    /// <param name="cancellationToken">Ends the call; the index stays whole.</param>
    public ValueTask<EmbeddedIndexSize> CompleteAsync(CancellationToken cancellationToken) =>
        InTurn(() => _storage.Complete(cancellationToken), cancellationToken);

    /// <summary>Rewrites the segments without dead bytes, however few there are.</summary>
    /// <param name="cancellationToken">Ends the call; the index stays as it was.</param>
    public async ValueTask CompactAsync(CancellationToken cancellationToken) =>
        await InTurn(() => _storage.Compact(cancellationToken), cancellationToken);

    /// <summary>Ends writing and gives the lock back.</summary>
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        try
        {
            if (!_disposed)
            {
                _disposed = true;
                _storage.Dispose();
                _lock.Dispose();
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private void CommitUntil(PendingWrite mine)
    {
        while (!mine.Done)
        {
            var group = _queue.Take(_options.GroupBytes);
            Guarded(() => _storage.Commit([.. group.SelectMany(write => write.Pictures)]));
            group.ForEach(write => write.Done = true);
        }
    }

    private async ValueTask<T> InTurn<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Guarded(work), CancellationToken.None);
        }
        finally
        {
            _turn.Release();
        }
    }

    private T Guarded<T>(Func<T> work)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_fault is not null)
        {
            throw new EmbeddedIndexException(
                $"Writing to '{_folder}' failed before ({_fault.Message}). Open the index again; what was acknowledged is kept.", _fault);
        }

        try
        {
            return work();
        }
        catch (OperationCanceledException)
        {
            throw;
        }
        catch (Exception exception)
        {
            // After a failed write or fsync nobody knows what is on the disk: only opening again (which cuts the tail) is safe.
            _fault = exception;
            throw IndexDatabase.Trouble(_folder, exception);
        }
    }
}

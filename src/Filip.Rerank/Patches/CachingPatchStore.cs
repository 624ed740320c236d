using Filip.Rerank.Telemetry;

namespace Filip.Rerank.Patches;

/// <summary>A patch store that keeps the records it fetched most recently in memory.</summary>
/// <remarks>
/// <para>For a store across a network; the embedded one reads mapped files and gains nothing.</para>
/// <para>Bounded by the records' bytes, the least recently used going first. Everything is dropped when the generation
/// changes and on <see cref="Invalidate"/>; a single record goes after its age, so that a picture indexed again in the
/// same generation is seen. Missing records are asked for again each time.</para>
/// </remarks>
public sealed class CachingPatchStore : IPatchStore
{
    private readonly IPatchStore _inner;
    private readonly Func<string> _generation;
    private readonly long _maxBytes;
    private readonly TimeSpan _maxAge;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _recent = new();
    private string _kept;
    private long _bytes;

    /// <summary>Puts a cache before a store, which it owns from then on.</summary>
    /// <param name="inner">The store.</param>
    /// <param name="generation">Names the generation that answers now.</param>
    /// <param name="maxBytes">Most bytes of records kept, at least 1.</param>
    /// <param name="maxAge">How long a record is believed, above zero.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public CachingPatchStore(
        IPatchStore inner, Func<string> generation, long maxBytes, TimeSpan maxAge, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(generation);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxBytes);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(maxAge, TimeSpan.Zero);
        _inner = inner;
        _generation = generation;
        _maxBytes = maxBytes;
        _maxAge = maxAge;
        _time = time ?? TimeProvider.System;
        _kept = generation();
    }

    /// <summary>Bytes of records kept now.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
            {
                return _bytes;
            }
        }
    }

    /// <summary>Drops everything, as after a refresh of the index.</summary>
    public void Invalidate()
    {
        lock (_gate)
        {
            Clear();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<PatchBatch> FetchAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var records = new ReadOnlyMemory<byte>[ids.Count];
        Dictionary<string, List<int>> missed = new(StringComparer.Ordinal);
        var generation = _generation();
        lock (_gate)
        {
            if (generation != _kept)
            {
                Clear();
                _kept = generation;
            }

            for (var i = 0; i < ids.Count; i++)
            {
                if (Find(ids[i]) is { } record)
                {
                    records[i] = record;
                }
                else if (missed.TryGetValue(ids[i], out var places))
                {
                    places.Add(i);
                }
                else
                {
                    missed.Add(ids[i], [i]);
                }
            }
        }

        FilipTelemetry.CacheLookups("patches", ids.Count - missed.Values.Sum(places => places.Count), missed.Count);
        if (missed.Count > 0)
        {
            await FillAsync(records, missed, generation, cancellationToken).ConfigureAwait(false);
        }

        return new PatchBatch(records);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Invalidate();
        return _inner.DisposeAsync();
    }

    private async ValueTask FillAsync(
        ReadOnlyMemory<byte>[] records,
        Dictionary<string, List<int>> missed,
        string generation,
        CancellationToken cancellationToken)
    {
        List<string> ids = [.. missed.Keys];
        using var batch = await _inner.FetchAsync(ids, cancellationToken).ConfigureAwait(false);
        var now = _time.GetTimestamp();
        for (var i = 0; i < ids.Count; i++)
        {
            if (batch[i].IsEmpty)
            {
                continue;
            }

            // A copy: the batch's own memory goes back to the store when it is disposed.
            var record = batch[i].ToArray();
            foreach (var place in missed[ids[i]])
            {
                records[place] = record;
            }

            lock (_gate)
            {
                // A fetch that began before the generation changed must not bring the old one's records back.
                if (generation == _kept)
                {
                    Keep(new Entry(ids[i], record, now));
                }
            }
        }
    }

    private ReadOnlyMemory<byte>? Find(string id)
    {
        if (!_entries.TryGetValue(id, out var node))
        {
            return null;
        }

        if (_time.GetElapsedTime(node.Value.Since) >= _maxAge)
        {
            Remove(node);
            return null;
        }

        _recent.Remove(node);
        _recent.AddFirst(node);
        return node.Value.Record;
    }

    private void Keep(Entry entry)
    {
        if (_entries.TryGetValue(entry.Id, out var old))
        {
            Remove(old);
        }

        if (entry.Record.Length > _maxBytes)
        {
            return;
        }

        _entries[entry.Id] = _recent.AddFirst(entry);
        _bytes += entry.Record.Length;
        while (_bytes > _maxBytes)
        {
            Remove(_recent.Last!);
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _entries.Remove(node.Value.Id);
        _recent.Remove(node);
        _bytes -= node.Value.Record.Length;
    }

    private void Clear()
    {
        _entries.Clear();
        _recent.Clear();
        _bytes = 0;
    }

    private sealed record Entry(string Id, byte[] Record, long Since);
}

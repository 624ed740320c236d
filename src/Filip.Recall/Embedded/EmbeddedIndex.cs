using Filip.Embeddings;
using Filip.Recall.Embedded.Internals;
using Microsoft.Data.Sqlite;

namespace Filip.Recall.Embedded;

/// <summary>An embedded index, open for reading; any number of tasks may ask it at once.</summary>
/// <remarks>
/// <para>What it sees is the state of the last <see cref="Refresh"/> (or of opening): a writer in this or another process does not
/// disturb it. Any number of processes may read one index.</para>
/// <para>Cost: about 160 bytes of memory a picture for ids and places (measured at 100,000); the vectors and records themselves are
/// mapped, not copied. Opening reads every row once and checks every pooled vector's checksum once, so it grows with the collection
/// (seconds a million); a refresh costs what is new. The first filter reads all attributes once and keeps the values' hashes.</para>
/// <para>Local file systems only: SQLite's log and the mappings do not work over most network shares.</para>
/// </remarks>
public sealed partial class EmbeddedIndex : IAsyncDisposable, IDisposable
{
    private readonly ReaderWriterLockSlim _gate = new();
    private readonly Lock _refreshing = new();
    private readonly SqliteConnection _connection;
    private Catalogue _catalogue = new();
    private Dictionary<int, SegmentMap> _segments = [];
    private FieldColumns? _columns;
    private long _epoch;
    private long _lastRow;
    private long _lastRemoval;
    private long _version = -1;
    private bool _disposed;

    private EmbeddedIndex(string path, string generation)
    {
        Path = path;
        Generation = generation;
        Folder = System.IO.Path.Combine(path, generation);
        _connection = IndexDatabase.OpenReader(Folder);
        try
        {
            Stamp = IndexDatabase.ReadStamp(_connection);
            if (Stamp.FormatVersion != IndexStamp.CurrentFormatVersion)
            {
                throw new StampMismatchException(
                    $"The index '{path}' has format version {Stamp.FormatVersion}; this build reads version {IndexStamp.CurrentFormatVersion}. "
                    + "Index again, or run the build that wrote it.");
            }

            Refresh();
        }
        catch (Exception exception)
        {
            Dispose();
            throw exception is SqliteException ? IndexDatabase.Trouble(Folder, exception) : exception;
        }
    }

    /// <summary>The index's folder.</summary>
    public string Path { get; }

    /// <summary>What it was built with.</summary>
    public IndexStamp Stamp { get; }

    /// <summary>Name of the generation that is open.</summary>
    public string Generation { get; }

    /// <summary>Whether another generation has been promoted since: open the index again to see it.</summary>
    public bool IsSuperseded => EmbeddedGenerations.Current(Path) != Generation;

    /// <summary>Pictures that the last refresh saw, damaged ones included.</summary>
    public long Count => Read(state => state.Catalogue.Count);

    /// <summary>Names of all fields that any picture has, nested ones dotted, in ordinal order.</summary>
    public IReadOnlyList<string> FieldNames => [.. Columns().Names.Order(StringComparer.Ordinal)];

    internal string Folder { get; }

    /// <summary>Takes in what the writer has committed since; costs what is new, or everything after a compaction.</summary>
    /// <returns>Whether anything changed.</returns>
    public bool Refresh()
    {
        lock (_refreshing)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var version = IndexDatabase.ReadNumber(_connection, "PRAGMA data_version");
            if (version == _version)
            {
                return false;
            }

            for (var attempt = 0; ; attempt++)
            {
                try
                {
                    var changed = TakeIn(CatalogueReader.Read(
                        _connection, _epoch, _lastRow, _lastRemoval, _columns is not null, CancellationToken.None));
                    _version = version;
                    return changed;
                }
                catch (FileNotFoundException exception)
                {
                    // A compaction removed a file between the read and the mapping; the next read names its successor.
                    if (attempt == 3)
                    {
                        throw new InvalidDataException(
                            $"'{exception.FileName}' is gone, and the index needs it. Bring it back from a copy, or index again.", exception);
                    }
                }
            }
        }
    }

    /// <summary>Patch records, zero-copy, in the order asked; empty where missing or damaged. Repeated ids are answered each time.</summary>
    /// <param name="ids">Ids of pictures.</param>
    /// <remarks>The records stay readable until the lease is disposed, across refreshes, compactions and the index's own end.</remarks>
    public PatchLease LeasePatches(IReadOnlyList<string> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var places = new (SegmentMap? Map, PictureRow Row)[ids.Count];
        HashSet<SegmentMap> held = [];
        Read(state =>
        {
            for (var i = 0; i < places.Length; i++)
            {
                var index = state.Catalogue.Find(ids[i]);
                if (index >= 0)
                {
                    places[i].Row = state.Catalogue[index];
                    places[i].Map = state.Segments.GetValueOrDefault(places[i].Row.Patches.Segment);
                    if (places[i].Map is { } map && held.Add(map))
                    {
                        map.Hold();
                    }
                }
            }

            return true;
        });

        var records = new ReadOnlyMemory<byte>[places.Length];
        List<string> damaged = [];
        for (var i = 0; i < places.Length; i++)
        {
            var (map, row) = places[i];
            if (map is not null && map.Header.Kind == SegmentKind.Patches
                && map.Contains(row.Patches.Offset, row.PatchLength)
                && Checksum.Of(map.Slice(row.Patches.Offset, row.PatchLength)) == row.PatchChecksum)
            {
                records[i] = map.Memory.Slice(row.Patches.Offset, row.PatchLength);
            }
            else if (row.Row != 0)
            {
                damaged.Add(ids[i]);
            }
        }

        return new PatchLease(records, damaged, [.. held]);
    }

    /// <summary>What the index knows of one picture; null where it is not there.</summary>
    /// <param name="id">The picture's id.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public ValueTask<EmbeddedPictureFacts?> InspectAsync(string id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        return ValueTask.FromResult(PictureInspection.Inspect(Folder, Generation, Stamp, id, cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Closes the index; leases that are still out keep their bytes.</summary>
    public void Dispose()
    {
        lock (_refreshing)
        {
            if (_disposed)
            {
                return;
            }

            _gate.EnterWriteLock();
            _disposed = true;
            foreach (var map in _segments.Values)
            {
                map.Release();
            }

            _segments = [];
            _gate.ExitWriteLock();
            _connection.Dispose();
            IndexDatabase.ClosePool(Folder);
        }
    }

    /// <summary>Asks one consistent state; no refresh comes between.</summary>
    internal T Read<T>(Func<IndexState, T> question)
    {
        _gate.EnterReadLock();
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return question(new IndexState(_catalogue, _segments, _columns));
        }
        finally
        {
            _gate.ExitReadLock();
        }
    }

    /// <summary>The columns for filters, made at the first call.</summary>
    internal FieldColumns Columns()
    {
        if (Volatile.Read(ref _columns) is { } ready)
        {
            return ready;
        }

        lock (_refreshing)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_columns is null)
            {
                Volatile.Write(ref _columns, FieldColumnsReader.Read(_connection, _catalogue));
            }

            return _columns;
        }
    }

    private bool TakeIn(CatalogueChanges changes)
    {
        var (segments, replaced) = SegmentMaps.Follow(Folder, Stamp, _segments, changes.Segments);
        var catalogue = changes.Whole ? new Catalogue() : _catalogue;
        var columns = changes.Whole && _columns is not null ? new FieldColumns() : _columns;
        var intact = changes.Added.ConvertAll(row => PooledScan.IsIntact(segments, row.Place, Stamp.PooledDimension));
        _gate.EnterWriteLock();
        try
        {
            foreach (var row in changes.Removed)
            {
                catalogue.Remove(row);
            }

            for (var i = 0; i < intact.Count; i++)
            {
                var index = catalogue.Add(changes.Added[i].Id, changes.Added[i].Place, intact[i]);
                columns?.Add(index, changes.Added[i].Attributes);
            }

            (_catalogue, _segments, _columns) = (catalogue, segments, columns);
            (_epoch, _lastRemoval) = (changes.Epoch, changes.LastRemoval);
            _lastRow = Math.Max(changes.Whole ? 0 : _lastRow, catalogue.LastRow);
        }
        finally
        {
            _gate.ExitWriteLock();
        }

        replaced.ForEach(map => map.Release());
        return changes.Whole || changes.Added.Count > 0 || changes.Removed.Count > 0;
    }
}

using System.Runtime.InteropServices;
using Filip.Embeddings;
using Microsoft.Data.Sqlite;

namespace Filip.Recall.Embedded.Internals;

/// <summary>The files of one generation, open for writing by one caller at a time.</summary>
internal sealed class GenerationWriter : IDisposable
{
    private readonly string _folder;
    private readonly int _segmentBytes;
    private readonly SqliteConnection _connection;
    private readonly PictureTable _table;
    private SegmentAppender _pooled;
    private SegmentAppender _patches;
    private int _lastSegment;

    public GenerationWriter(string folder, IndexStamp running, int segmentBytes)
    {
        _folder = folder;
        _segmentBytes = segmentBytes;
        _connection = IndexDatabase.OpenWriter(folder);
        try
        {
            Stamp = IndexDatabase.ReadStamp(_connection);
            EnsureSameModel(running);
            var segments = CatalogueReader.ReadSegments(_connection);
            _lastSegment = segments.Count == 0 ? 0 : segments.Max(segment => segment.Number);
            Compaction.RemoveStrays(folder, _connection);
            (_pooled, _patches) = (NewAppender(SegmentKind.Pooled), NewAppender(SegmentKind.Patches));
            Resume(_pooled, segments.LastOrDefault(segment => segment.Kind == SegmentKind.Pooled));
            Resume(_patches, segments.LastOrDefault(segment => segment.Kind == SegmentKind.Patches));
            _table = new PictureTable(_connection);
        }
        catch (Exception exception)
        {
            _connection.Dispose();
            if (exception is SqliteException or UnauthorizedAccessException or IOException)
            {
                throw IndexDatabase.Trouble(folder, exception);
            }

            throw;
        }
    }

    public IndexStamp Stamp { get; }

    /// <summary>Called at the marked points of a write; tests stop the process there.</summary>
    public Action<string>? Milestone { get; set; }

    /// <summary>Puts pictures on disk: bytes first, then the transaction that makes them visible.</summary>
    public bool Commit(IReadOnlyList<AcceptedPicture> pictures)
    {
        var places = new PictureRow[pictures.Count];
        for (var i = 0; i < places.Length; i++)
        {
            var vector = MemoryMarshal.AsBytes(pictures[i].Picture.Pooled.Span);
            var record = pictures[i].Picture.PatchRecord.Span;
            places[i] = new PictureRow(
                0, _pooled.Append(vector), Checksum.Of(vector), _patches.Append(record), record.Length, Checksum.Of(record));
        }

        Milestone?.Invoke("before-sync");
        _pooled.Sync();
        _patches.Sync();
        Milestone?.Invoke("segments-synced");
        using (var transaction = _connection.BeginTransaction())
        {
            _table.Transaction = transaction;
            for (var i = 0; i < places.Length; i++)
            {
                _table.Put(pictures[i].Picture, pictures[i].Attributes, places[i]);
            }

            Compaction.PutSegments(_table, SegmentKind.Pooled, _pooled);
            Compaction.PutSegments(_table, SegmentKind.Patches, _patches);
            Milestone?.Invoke("before-commit");
            transaction.Commit();
        }

        Milestone?.Invoke("committed");
        _pooled.Committed();
        _patches.Committed();
        return true;
    }

    public long Delete(IReadOnlyList<string> ids)
    {
        using var transaction = _connection.BeginTransaction();
        _table.Transaction = transaction;
        var removed = ids.LongCount(_table.Remove);
        transaction.Commit();
        return removed;
    }

    public EmbeddedIndexSize Complete(CancellationToken cancellationToken)
    {
        var (dead, total) = Compaction.Measure(_connection, Stamp.PooledDimension);
        if (dead * 2 > total)
        {
            Compact(cancellationToken);
        }

        IndexDatabase.Run(_connection, "PRAGMA wal_checkpoint(TRUNCATE)");
        var pictures = IndexDatabase.ReadNumber(_connection, "SELECT count(*) FROM pictures");
        return new EmbeddedIndexSize(pictures, new DirectoryInfo(_folder).EnumerateFiles().Sum(file => file.Length));
    }

    public bool Compact(CancellationToken cancellationToken)
    {
        var (pooled, patches) = (NewAppender(SegmentKind.Pooled), NewAppender(SegmentKind.Patches));
        try
        {
            Compaction.Run(_folder, _connection, pooled, patches, Stamp.PooledDimension, Milestone, cancellationToken);
        }
        catch
        {
            pooled.Dispose();
            patches.Dispose();
            Compaction.RemoveStrays(_folder, _connection);
            throw;
        }

        _pooled.Dispose();
        _patches.Dispose();
        (_pooled, _patches) = (pooled, patches);
        Compaction.RemoveStrays(_folder, _connection);
        return true;
    }

    public void Dispose()
    {
        _table.Dispose();
        _pooled.Dispose();
        _patches.Dispose();
        _connection.Dispose();
        IndexDatabase.ClosePool(_folder);
    }

    private void EnsureSameModel(IndexStamp running)
    {
        Stamp.EnsureUsableBy(running);
        if (Stamp.Codec != running.Codec)
        {
            throw new StampMismatchException(
                $"The index '{_folder}' keeps patches as {Stamp.Codec}; this job would write {running.Codec}. "
                + $"Write {Stamp.Codec}, or index into a new index.");
        }
    }

    private SegmentAppender NewAppender(SegmentKind kind) => new(
        _folder, kind, Stamp.PooledDimension, SegmentHeader.ShortFingerprint(Stamp.Fingerprint), _segmentBytes, () => ++_lastSegment);

    private static void Resume(SegmentAppender appender, (SegmentKind Kind, int Number, int Length) last)
    {
        if (last.Number > 0)
        {
            appender.Resume(last.Number, last.Length);
        }
    }
}

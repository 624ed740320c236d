using Microsoft.Data.Sqlite;

namespace Filip.Recall.Embedded.Internals;

/// <summary>Rewrites a generation's segments without the bytes of pictures that are gone.</summary>
/// <remarks>
/// New files are filled and fsynced first; one transaction then moves every row over; only then the old files go. Killed before
/// the transaction: the new files are strays, removed by the next writer. Killed after: the old ones are.
/// </remarks>
internal static class Compaction
{
    /// <summary>Bytes of the segments that no picture uses, and all of them.</summary>
    public static (long Dead, long Total) Measure(SqliteConnection connection, int dimension)
    {
        var total = IndexDatabase.ReadNumber(connection, "SELECT coalesce(sum(length), 0) FROM segments");
        var headers = IndexDatabase.ReadNumber(connection, "SELECT count(*) FROM segments") * SegmentHeader.Length;
        var live = IndexDatabase.ReadNumber(connection, "SELECT coalesce(sum((patch_length + 15) / 16 * 16), 0) FROM pictures")
            + (IndexDatabase.ReadNumber(connection, "SELECT count(*) FROM pictures") * dimension * sizeof(float));
        return (Math.Max(0, total - headers - live), total);
    }

    /// <summary>Copies all live bytes through fresh appenders and moves the rows over.</summary>
    public static void Run(
        string folder, SqliteConnection connection, SegmentAppender pooled, SegmentAppender patches, int dimension, Action<string>? milestone,
        CancellationToken cancellationToken)
    {
        var old = CatalogueReader.ReadSegments(connection);
        using var transaction = connection.BeginTransaction();
        using var sources = new SegmentSources(folder, old);
        using var move = connection.CreateCommand();
        move.CommandText = """
            UPDATE pictures SET pooled_segment = $ps, pooled_offset = $po, patch_segment = $rs, patch_offset = $ro WHERE row = $row
            """;
        foreach (var name in (string[])["$ps", "$po", "$rs", "$ro", "$row"])
        {
            move.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        foreach (var row in ReadPlaces(connection))
        {
            cancellationToken.ThrowIfCancellationRequested();
            // Damaged bytes are copied as they are: their checksum stays wrong, and verify goes on naming the picture.
            var vector = pooled.Append(sources.Read(SegmentKind.Pooled, row.Pooled, dimension * sizeof(float)));
            var record = patches.Append(sources.Read(SegmentKind.Patches, row.Patches, row.PatchLength));
            move.Parameters[0].Value = vector.Segment;
            move.Parameters[1].Value = vector.Offset;
            move.Parameters[2].Value = record.Segment;
            move.Parameters[3].Value = record.Offset;
            move.Parameters[4].Value = row.Row;
            move.ExecuteNonQuery();
        }

        pooled.Sync();
        patches.Sync();
        milestone?.Invoke("compaction-synced");
        IndexDatabase.Run(connection, "DELETE FROM segments");
        IndexDatabase.Run(connection, "DELETE FROM removed");
        using (var table = new PictureTable(connection) { Transaction = transaction })
        {
            PutSegments(table, SegmentKind.Pooled, pooled);
            PutSegments(table, SegmentKind.Patches, patches);
        }

        IndexDatabase.Run(connection, "UPDATE meta SET value = value + 1 WHERE key = 'epoch'");
        transaction.Commit();
        pooled.Committed();
        patches.Committed();
        milestone?.Invoke("compaction-committed");
    }

    public static void PutSegments(PictureTable table, SegmentKind kind, SegmentAppender appender)
    {
        foreach (var (number, length) in appender.Touched)
        {
            table.PutSegment(number, kind, length);
        }
    }

    /// <summary>Removes segment files that the database does not know. Readers that map them keep their bytes.</summary>
    public static void RemoveStrays(string folder, SqliteConnection connection)
    {
        var known = CatalogueReader.ReadSegments(connection)
            .Select(segment => SegmentHeader.NameOf(segment.Kind, segment.Number)).ToHashSet(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(folder, "*.seg").Where(file => !known.Contains(Path.GetFileName(file))))
        {
            try
            {
                File.Delete(file);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Windows keeps a mapped file until its last reader ends; the next writer tries again, and verify names it.
            }
        }
    }

    private static List<PictureRow> ReadPlaces(SqliteConnection connection)
    {
        List<PictureRow> rows = [];
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT row, pooled_segment, pooled_offset, pooled_crc, patch_segment, patch_offset, patch_length, patch_crc
            FROM pictures ORDER BY row
            """;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            rows.Add(CatalogueReader.ReadPlace(reader, 0));
        }

        return rows;
    }
}

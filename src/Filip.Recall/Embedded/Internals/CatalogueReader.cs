using Microsoft.Data.Sqlite;

namespace Filip.Recall.Embedded.Internals;

/// <summary>One row as read, on its way into the catalogue.</summary>
internal readonly record struct LoadedRow(string Id, PictureRow Place, byte[]? Attributes);

/// <summary>What the database says beyond what a reader knew, from one snapshot.</summary>
internal sealed record CatalogueChanges(
    long Epoch, bool Whole, long LastRemoval, List<LoadedRow> Added, List<long> Removed,
    List<(SegmentKind Kind, int Number, int Length)> Segments);

/// <summary>Reads the database into the catalogue: all of it, or what is new.</summary>
internal static class CatalogueReader
{
    /// <summary>Reads what came after the given row and removal; everything where the segments were rewritten since.</summary>
    public static CatalogueChanges Read(
        SqliteConnection connection, long epoch, long lastRow, long lastRemoval, bool attributes, CancellationToken cancellationToken)
    {
        using var transaction = connection.BeginTransaction(deferred: true);
        var now = IndexDatabase.ReadNumber(connection, "SELECT value FROM meta WHERE key = 'epoch'");
        var whole = now != epoch;
        if (whole)
        {
            (lastRow, lastRemoval) = (0, 0);
        }

        var segments = ReadSegments(connection);
        var added = ReadRows(connection, lastRow, attributes, cancellationToken);
        List<long> removed = [];
        var last = lastRemoval;
        using var command = connection.CreateCommand();
        command.CommandText = whole
            ? "SELECT coalesce(max(change), 0), 0 FROM removed"
            : "SELECT change, row FROM removed WHERE change > $last ORDER BY change";
        command.Parameters.AddWithValue("$last", lastRemoval);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            last = reader.GetInt64(0);
            if (!whole)
            {
                removed.Add(reader.GetInt64(1));
            }
        }

        return new CatalogueChanges(now, whole, last, added, removed, segments);
    }

    public static List<(SegmentKind Kind, int Number, int Length)> ReadSegments(SqliteConnection connection)
    {
        List<(SegmentKind, int, int)> segments = [];
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT kind, number, length FROM segments ORDER BY number";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            segments.Add(((SegmentKind)reader.GetInt32(0), reader.GetInt32(1), reader.GetInt32(2)));
        }

        return segments;
    }

    private static List<LoadedRow> ReadRows(
        SqliteConnection connection, long lastRow, bool attributes, CancellationToken cancellationToken)
    {
        List<LoadedRow> rows = [];
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            SELECT id, row, pooled_segment, pooled_offset, pooled_crc, patch_segment, patch_offset, patch_length, patch_crc,
                {(attributes ? "attributes" : "NULL")}
            FROM pictures WHERE row > $last ORDER BY row
            """;
        command.Parameters.AddWithValue("$last", lastRow);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            if ((rows.Count & 4095) == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            rows.Add(new LoadedRow(
                SqliteText.Read(reader, 0)!, ReadPlace(reader, 1), attributes ? reader.GetFieldValue<byte[]>(9) : null));
        }

        return rows;
    }

    /// <summary>Eight columns from <paramref name="first"/> on: row, then the places.</summary>
    public static PictureRow ReadPlace(SqliteDataReader reader, int first) => new(
        reader.GetInt64(first),
        new SegmentPlace(reader.GetInt32(first + 1), reader.GetInt32(first + 2)),
        (uint)reader.GetInt64(first + 3),
        new SegmentPlace(reader.GetInt32(first + 4), reader.GetInt32(first + 5)),
        reader.GetInt32(first + 6),
        (uint)reader.GetInt64(first + 7));
}

using Microsoft.Data.Sqlite;

namespace Filip.Recall.Embedded.Internals;

/// <summary>The writer's statements over <c>pictures</c>, prepared once.</summary>
internal sealed class PictureTable : IDisposable
{
    private readonly SqliteCommand _find;
    private readonly SqliteCommand _remove;
    private readonly SqliteCommand _note;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _caption;
    private readonly SqliteCommand _dropCaption;
    private readonly SqliteCommand _segment;

    public PictureTable(SqliteConnection connection)
    {
        _find = Prepare(connection, "SELECT row, caption IS NOT NULL FROM pictures WHERE id = CAST($id AS TEXT)", "$id");
        _remove = Prepare(connection, "DELETE FROM pictures WHERE row = $row", "$row");
        _note = Prepare(connection, "INSERT INTO removed (row) VALUES ($row)", "$row");
        _insert = Prepare(
            connection,
            """
            INSERT INTO pictures (id, content_hash, path, caption, attributes, pooled_segment, pooled_offset, pooled_crc,
                patch_segment, patch_offset, patch_length, patch_crc)
            VALUES (CAST($id AS TEXT), CAST($hash AS TEXT), CAST($path AS TEXT), CAST($caption AS TEXT), CAST($attributes AS TEXT),
                $ps, $po, $pc, $rs, $ro, $rl, $rc) RETURNING row
            """,
            "$id", "$hash", "$path", "$caption", "$attributes", "$ps", "$po", "$pc", "$rs", "$ro", "$rl", "$rc");
        _caption = Prepare(connection, "INSERT INTO captions (rowid, caption) VALUES ($row, CAST($caption AS TEXT))", "$row", "$caption");
        _dropCaption = Prepare(connection, "DELETE FROM captions WHERE rowid = $row", "$row");
        _segment = Prepare(
            connection,
            "INSERT INTO segments VALUES ($number, $kind, $length) ON CONFLICT (number) DO UPDATE SET length = excluded.length",
            "$number", "$kind", "$length");
    }

    public SqliteTransaction Transaction
    {
        set
        {
            foreach (var command in Commands)
            {
                command.Transaction = value;
            }
        }
    }

    private IEnumerable<SqliteCommand> Commands => [_find, _remove, _note, _insert, _caption, _dropCaption, _segment];

    /// <summary>Removes a picture; false where it is not there.</summary>
    public bool Remove(string id)
    {
        _find.Parameters[0].Value = SqliteText.Bytes(id);
        long row;
        bool captioned;
        using (var reader = _find.ExecuteReader())
        {
            if (!reader.Read())
            {
                return false;
            }

            row = reader.GetInt64(0);
            captioned = reader.GetBoolean(1);
        }

        if (captioned)
        {
            Execute(_dropCaption, row);
        }

        Execute(_remove, row);
        Execute(_note, row);
        return true;
    }

    /// <summary>Adds a picture in place of the one of the same id.</summary>
    public void Put(EmbeddedPicture picture, byte[] attributes, in PictureRow place)
    {
        Remove(picture.Id);
        var caption = SqliteText.Bytes(picture.Caption);
        var row = (long)Fill(
            _insert, SqliteText.Bytes(picture.Id), SqliteText.Bytes(picture.ContentHash), SqliteText.Bytes(picture.Path), caption,
            attributes, place.Pooled.Segment, place.Pooled.Offset, (long)place.PooledChecksum, place.Patches.Segment,
            place.Patches.Offset, place.PatchLength, (long)place.PatchChecksum).ExecuteScalar()!;
        if (picture.Caption is not null)
        {
            Execute(_caption, row, caption);
        }
    }

    public void PutSegment(int number, SegmentKind kind, int length) => Execute(_segment, number, (int)kind, length);

    public void Dispose()
    {
        foreach (var command in Commands)
        {
            command.Dispose();
        }
    }

    private static SqliteCommand Prepare(SqliteConnection connection, string sql, params string[] parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = parameter });
        }

        return command;
    }

    private static SqliteCommand Fill(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }

        return command;
    }

    private static void Execute(SqliteCommand command, params ReadOnlySpan<object> values) => Fill(command, values).ExecuteNonQuery();
}

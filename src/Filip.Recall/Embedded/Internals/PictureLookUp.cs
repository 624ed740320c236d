using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Filip.Recall.Embedded.Internals;

/// <summary>Questions about pictures by id, asked of the database itself.</summary>
internal static class PictureLookUp
{
    public static IReadOnlyDictionary<string, string> ContentHashes(
        string folder, IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        ById(folder, ids, "content_hash", reader => SqliteText.Read(reader, 0)!, cancellationToken);

    public static IReadOnlyDictionary<string, PictureFields> Fields(
        string folder, IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        ById(folder, ids, "path, caption, attributes", FieldsOf, cancellationToken);

    public static (string ContentHash, PictureFields Fields, PictureRow Place)? Whole(
        string folder, string id, CancellationToken cancellationToken)
    {
        var found = ById(
            folder,
            [id],
            """
            path, caption, attributes, content_hash,
            row, pooled_segment, pooled_offset, pooled_crc, patch_segment, patch_offset, patch_length, patch_crc
            """,
            reader => (SqliteText.Read(reader, 3)!, FieldsOf(reader), CatalogueReader.ReadPlace(reader, 4)),
            cancellationToken);
        return found.TryGetValue(id, out var whole) ? whole : null;
    }

    public static string[] SortedIds(string folder, CancellationToken cancellationToken)
    {
        List<string> ids = [];
        using (var connection = IndexDatabase.OpenReader(folder))
        {
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT id FROM pictures";
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                cancellationToken.ThrowIfCancellationRequested();
                ids.Add(SqliteText.Read(reader, 0)!);
            }
        }

        // SQLite orders by UTF-8 bytes, which differs from ordinal order above U+FFFF.
        var sorted = ids.ToArray();
        Array.Sort(sorted, StringComparer.Ordinal);
        return sorted;
    }

    private static Dictionary<string, T> ById<T>(
        string folder, IReadOnlyList<string> ids, string columns, Func<SqliteDataReader, T> read, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var found = new Dictionary<string, T>(StringComparer.Ordinal);
        try
        {
            using var connection = IndexDatabase.OpenReader(folder);
            using var transaction = connection.BeginTransaction(deferred: true);
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT {columns} FROM pictures WHERE id = CAST($id AS TEXT)";
            var parameter = command.Parameters.Add(new SqliteParameter { ParameterName = "$id" });
            foreach (var id in ids)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (found.ContainsKey(id))
                {
                    continue;
                }

                parameter.Value = SqliteText.Bytes(id);
                using var reader = command.ExecuteReader();
                if (reader.Read())
                {
                    found[id] = read(reader);
                }
            }

            return found;
        }
        catch (SqliteException exception)
        {
            throw IndexDatabase.Trouble(folder, exception);
        }
    }

    private static PictureFields FieldsOf(SqliteDataReader reader)
    {
        Dictionary<string, JsonElement> attributes = new(StringComparer.Ordinal);
        using var document = JsonDocument.Parse(reader.GetFieldValue<byte[]>(2), FieldColumns.Reading);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            attributes[member.Name] = member.Value.Clone();
        }

        return new PictureFields(SqliteText.Read(reader, 0), SqliteText.Read(reader, 1), attributes);
    }
}

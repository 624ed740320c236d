using Microsoft.Data.Sqlite;

namespace Filip.Recall.Embedded.Internals;

/// <summary>Reads all attributes of the rows that a catalogue holds.</summary>
internal static class FieldColumnsReader
{
    public static FieldColumns Read(SqliteConnection connection, Catalogue catalogue)
    {
        var columns = new FieldColumns();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT row, attributes FROM pictures WHERE row <= $last ORDER BY row";
        command.Parameters.AddWithValue("$last", catalogue.LastRow);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var index = catalogue.FindRow(reader.GetInt64(0));
            if (index >= 0)
            {
                columns.Add(index, reader.GetFieldValue<byte[]>(1));
            }
        }

        return columns;
    }
}

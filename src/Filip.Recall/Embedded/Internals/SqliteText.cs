using System.Text;
using Microsoft.Data.Sqlite;

namespace Filip.Recall.Embedded.Internals;

/// <summary>Texts in and out of SQLite as their UTF-8 bytes, so that a NUL inside is a character like any other.</summary>
internal static class SqliteText
{
    /// <summary>A parameter's value; the statement says <c>CAST($x AS TEXT)</c>.</summary>
    public static object Bytes(string? text) => text is null ? DBNull.Value : Encoding.UTF8.GetBytes(text);

    /// <summary>A TEXT column's value, whole.</summary>
    public static string? Read(SqliteDataReader reader, int ordinal) =>
        reader.IsDBNull(ordinal) ? null : Encoding.UTF8.GetString(reader.GetFieldValue<byte[]>(ordinal));
}

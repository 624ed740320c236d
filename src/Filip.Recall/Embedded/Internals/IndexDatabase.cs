using System.Text.Json;
using System.Text.Json.Serialization;
using Filip.Embeddings;
using Microsoft.Data.Sqlite;

namespace Filip.Recall.Embedded.Internals;

/// <summary>The SQLite database of one generation: schema, stamp, connections.</summary>
/// <remarks>
/// WAL, so that readers never wait for the writer; synchronous=FULL, because an acknowledged picture must survive a power
/// cut and one fsync is shared by a whole group of pictures. A row number is never used twice: a replaced picture gets a
/// new row, and the old number goes to <c>removed</c>; so "what is new since row N" is one range scan for a reader.
/// </remarks>
internal static class IndexDatabase
{
    public const string FileName = "index.db";

    private const string Schema = """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
        CREATE TABLE segments (number INTEGER PRIMARY KEY, kind INTEGER NOT NULL, length INTEGER NOT NULL);
        CREATE TABLE pictures (
            row INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            content_hash TEXT NOT NULL,
            path TEXT,
            caption TEXT,
            attributes TEXT NOT NULL,
            pooled_segment INTEGER NOT NULL, pooled_offset INTEGER NOT NULL, pooled_crc INTEGER NOT NULL,
            patch_segment INTEGER NOT NULL, patch_offset INTEGER NOT NULL, patch_length INTEGER NOT NULL, patch_crc INTEGER NOT NULL);
        CREATE TABLE removed (change INTEGER PRIMARY KEY AUTOINCREMENT, row INTEGER NOT NULL);
        CREATE VIRTUAL TABLE captions USING fts5(caption, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2');
        """;

    public static void Create(string folder, IndexStamp stamp)
    {
        using var connection = Open(folder, SqliteOpenMode.ReadWriteCreate, pooling: false);
        Run(connection, "PRAGMA journal_mode=WAL");
        using var transaction = connection.BeginTransaction();
        Run(connection, Schema);
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT INTO meta VALUES ('stamp', $stamp), ('epoch', 1)";
        command.Parameters.AddWithValue("$stamp", JsonSerializer.Serialize(stamp, StampJson.Default.IndexStamp));
        command.ExecuteNonQuery();
        transaction.Commit();
    }

    public static SqliteConnection OpenWriter(string folder) => Open(folder, SqliteOpenMode.ReadWrite, pooling: false);

    /// <summary>A connection of the pool, for one question.</summary>
    public static SqliteConnection OpenReader(string folder) => Open(folder, SqliteOpenMode.ReadWrite, pooling: true);

    /// <summary>Closes the pool's idle connections to this generation.</summary>
    public static void ClosePool(string folder)
    {
        using var connection = new SqliteConnection(ConnectionString(folder, SqliteOpenMode.ReadWrite, pooling: true));
        SqliteConnection.ClearPool(connection);
    }

    public static IndexStamp ReadStamp(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT value FROM meta WHERE key = 'stamp'";
        try
        {
            if (command.ExecuteScalar() is string text && JsonSerializer.Deserialize(text, StampJson.Default.IndexStamp) is { } stamp)
            {
                return stamp;
            }
        }
        catch (JsonException)
        {
            // Told below, with what to do.
        }

        throw new EmbeddedIndexException(
            $"'{connection.DataSource}' holds no readable stamp, so nobody knows which model made it. Index again into a new folder.");
    }

    public static long ReadNumber(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() is long value ? value : 0;
    }

    public static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static SqliteConnection Open(string folder, SqliteOpenMode mode, bool pooling)
    {
        var connection = new SqliteConnection(ConnectionString(folder, mode, pooling));
        try
        {
            connection.Open();
            Run(connection, "PRAGMA synchronous=FULL");
            return connection;
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            throw Trouble(folder, exception);
        }
    }

    /// <summary>What SQLite said, as a sentence about the index.</summary>
    public static EmbeddedIndexException Trouble(string folder, Exception exception) => exception switch
    {
        EmbeddedIndexException already => already,
        SqliteException { SqliteErrorCode: 13 } => new($"The disk under '{folder}' is full. Make room and run again; what was acknowledged is kept.", exception),
        SqliteException { SqliteErrorCode: 11 or 26 } => new($"'{Path.Combine(folder, FileName)}' is damaged ({exception.Message}). Bring it back from a copy, or index again into a new folder.", exception),
        _ => new($"'{folder}' cannot be used: {exception.Message} Check the disk and the rights, then run again; what was acknowledged is kept.", exception),
    };

    private static string ConnectionString(string folder, SqliteOpenMode mode, bool pooling) => new SqliteConnectionStringBuilder
    {
        DataSource = Path.Combine(folder, FileName),
        Mode = mode,
        Pooling = pooling,
        DefaultTimeout = 30,
    }.ToString();
}

[JsonSerializable(typeof(IndexStamp))]
internal sealed partial class StampJson : JsonSerializerContext;

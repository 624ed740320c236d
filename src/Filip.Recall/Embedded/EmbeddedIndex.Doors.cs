using Filip.Embeddings;
using Filip.Recall.Embedded.Internals;

namespace Filip.Recall.Embedded;

/// <content>The ways in: for reading, for writing.</content>
public sealed partial class EmbeddedIndex
{
    /// <summary>Whether the folder holds an embedded index.</summary>
    /// <param name="path">Any path.</param>
    public static bool Exists(string path) => GenerationFolder.Exists(path);

    /// <summary>Opens the current generation for writing; makes the index where there is none.</summary>
    /// <param name="path">A folder: an index, an empty one, or none yet.</param>
    /// <param name="stamp">What this process would write.</param>
    /// <param name="options">How it is laid out; null for the defaults.</param>
    /// <exception cref="StampMismatchException">Another model, codec or layout made the index.</exception>
    /// <exception cref="EmbeddedIndexException">Another process writes to it, or the folder holds other files.</exception>
    public static EmbeddedIndexWriter Create(string path, IndexStamp stamp, EmbeddedIndexOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(stamp);
        return EmbeddedGenerations.OpenOrCreate(path, stamp, (options ?? new EmbeddedIndexOptions()).Validated());
    }

    /// <summary>Opens the current generation for writing, to delete from it or compact it; the stamp is its own.</summary>
    /// <param name="path">The index's folder.</param>
    /// <exception cref="IndexNotFoundException">There is no index.</exception>
    public static EmbeddedIndexWriter OpenForWriting(string path)
    {
        var folder = System.IO.Path.Combine(path, GenerationFolder.Read(path).Current);
        using var connection = IndexDatabase.OpenReader(folder);
        return Create(path, IndexDatabase.ReadStamp(connection));
    }

    /// <summary>Opens the current generation for reading.</summary>
    /// <param name="path">The index's folder.</param>
    /// <exception cref="IndexNotFoundException">There is no index.</exception>
    /// <exception cref="StampMismatchException">Another build's layout.</exception>
    /// <exception cref="InvalidDataException">A segment file was cut or swapped.</exception>
    /// <exception cref="EmbeddedIndexException">The database is damaged or cannot be read.</exception>
    public static EmbeddedIndex Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new EmbeddedIndex(path, GenerationFolder.Read(path).Current);
    }
}

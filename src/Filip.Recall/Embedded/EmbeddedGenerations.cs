using Filip.Embeddings;
using Filip.Recall.Embedded.Internals;

namespace Filip.Recall.Embedded;

/// <summary>Generations of an embedded index: folders <c>gen-000001</c>, …, and the file <c>CURRENT</c> that names the one that answers.</summary>
/// <remarks><c>CURRENT</c> is replaced in one step. Whoever has an older generation open goes on reading it and can ask
/// <see cref="EmbeddedIndex.IsSuperseded"/>.</remarks>
public static class EmbeddedGenerations
{
    /// <summary>All generations on disk, oldest first.</summary>
    /// <param name="path">The index's folder.</param>
    public static IReadOnlyList<string> List(string path) => GenerationFolder.List(path);

    /// <summary>The generation that answers.</summary>
    /// <param name="path">The index's folder.</param>
    /// <exception cref="IndexNotFoundException">There is no index.</exception>
    public static string Current(string path) => GenerationFolder.Read(path).Current;

    /// <summary>Starts a generation beside the current one, for another model, say; searches do not see it until it is promoted.</summary>
    /// <param name="path">The index's folder.</param>
    /// <param name="stamp">What the new generation is built with; it may differ from the current one's.</param>
    /// <param name="options">How it is laid out; null for the defaults.</param>
    /// <exception cref="IndexNotFoundException">There is no index.</exception>
    /// <exception cref="StampMismatchException">The stamp asks for several vectors a picture.</exception>
    public static EmbeddedIndexWriter Begin(string path, IndexStamp stamp, EmbeddedIndexOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stamp);
        RequireSingle(stamp);
        GenerationFolder.Read(path);
        return Locked(path, taken => new EmbeddedIndexWriter(path, Make(path, stamp), stamp, options ?? new EmbeddedIndexOptions(), taken));
    }

    /// <summary>Makes a generation the one that answers; the one that answered stays for <see cref="Rollback"/>, older ones go.</summary>
    /// <param name="path">The index's folder.</param>
    /// <param name="generation">Its name; null for the newest.</param>
    /// <returns>The name of the generation that answers now.</returns>
    public static string Promote(string path, string? generation = null)
    {
        var (current, previous) = GenerationFolder.Read(path);
        var all = List(path);
        var chosen = generation ?? all[^1];
        if (!all.Contains(chosen, StringComparer.Ordinal))
        {
            throw new IndexNotFoundException($"'{path}' has no generation '{chosen}'; it has {string.Join(", ", all)}.");
        }

        if (chosen == current)
        {
            return current;
        }

        using var taken = GenerationFolder.TakeLock(path);
        GenerationFolder.Write(path, chosen, current);
        foreach (var old in all.Where(name => name != chosen && name != current && string.CompareOrdinal(name, chosen) < 0))
        {
            Remove(Path.Combine(path, old));
        }

        return chosen;
    }

    /// <summary>Goes back to the generation that answered before the last promotion; a second call goes forward again.</summary>
    /// <param name="path">The index's folder.</param>
    /// <returns>The name of the generation that answers now.</returns>
    /// <exception cref="InvalidOperationException">There is none to go back to.</exception>
    public static string Rollback(string path)
    {
        var (current, previous) = GenerationFolder.Read(path);
        if (previous is null || !Directory.Exists(Path.Combine(path, previous)))
        {
            throw new InvalidOperationException(
                $"'{path}' answers from {current} and no generation before it is kept, so there is nothing to go back to.");
        }

        using var taken = GenerationFolder.TakeLock(path);
        GenerationFolder.Write(path, previous, current);
        return previous;
    }

    internal static EmbeddedIndexWriter OpenOrCreate(string path, IndexStamp stamp, EmbeddedIndexOptions options)
    {
        RequireSingle(stamp);
        Directory.CreateDirectory(path);
        if (!GenerationFolder.Exists(path))
        {
            GenerationFolder.EnsureOurs(path);
        }

        return Locked(path, taken =>
        {
            if (!GenerationFolder.Exists(path))
            {
                GenerationFolder.Write(path, Make(path, stamp), previous: null);
            }

            return new EmbeddedIndexWriter(path, GenerationFolder.Read(path).Current, stamp, options, taken);
        });
    }

    private static void RequireSingle(IndexStamp stamp)
    {
        if (stamp.PooledVectors.IsSeveral)
        {
            throw new StampMismatchException(
                $"An embedded index keeps one pooled vector a picture and scans them all; '{stamp.PooledVectors}' is for Elasticsearch. "
                + "Leave --pooled-vectors out, or name an index on Elasticsearch.");
        }
    }

    private static EmbeddedIndexWriter Locked(string path, Func<IDisposable, EmbeddedIndexWriter> open)
    {
        var taken = GenerationFolder.TakeLock(path);
        try
        {
            return open(taken);
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    private static string Make(string path, IndexStamp stamp)
    {
        var name = GenerationFolder.NextName(path);
        var folder = Path.Combine(path, name);
        Directory.CreateDirectory(folder);
        IndexDatabase.Create(folder, stamp);
        Durable.SyncFolder(folder);
        Durable.SyncFolder(path);
        return name;
    }

    private static void Remove(string folder)
    {
        try
        {
            IndexDatabase.ClosePool(folder);
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Windows keeps files that a reader maps; the next promotion tries again, and verify names the folder.
        }
    }
}

using Filip.Embeddings;

namespace Filip.Recall.Embedded;

/// <summary>An embedded index, open for reading.</summary>
public sealed class EmbeddedIndex : IAsyncDisposable, IDisposable
{
    /// <summary>Whether the folder holds an embedded index.</summary>
    public static bool Exists(string path) => throw new NotImplementedException();

    /// <summary>Opens the current generation for writing; makes the index where there is none.</summary>
    public static EmbeddedIndexWriter Create(string path, IndexStamp stamp) => throw new NotImplementedException();

    /// <summary>Opens the current generation for reading.</summary>
    public static EmbeddedIndex Open(string path) => throw new NotImplementedException();

    /// <summary>The index's folder.</summary>
    public string Path => throw new NotImplementedException();

    /// <summary>What it was built with.</summary>
    public IndexStamp Stamp => throw new NotImplementedException();

    /// <summary>Name of the generation that is open.</summary>
    public string Generation => throw new NotImplementedException();

    /// <summary>Whether another generation has been promoted since: open the index again to see it.</summary>
    public bool IsSuperseded => throw new NotImplementedException();

    /// <summary>Pictures that can be found.</summary>
    public long Count => throw new NotImplementedException();

    /// <summary>Takes in what the writer has committed since; true where anything changed.</summary>
    public bool Refresh() => throw new NotImplementedException();

    /// <summary>Names of all fields that any picture has; nested ones dotted.</summary>
    public IReadOnlyCollection<string> FieldNames => throw new NotImplementedException();

    /// <summary>Patch records, zero-copy, in the order asked; empty where missing or damaged.</summary>
    public PatchLease LeasePatches(IReadOnlyList<string> ids) => throw new NotImplementedException();

    /// <summary>What the index knows of one picture; null where it is not there.</summary>
    public ValueTask<EmbeddedPictureFacts?> InspectAsync(string id, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}

/// <summary>Generations of an embedded index.</summary>
public static class EmbeddedGenerations
{
    /// <summary>All generations on disk, oldest first.</summary>
    public static IReadOnlyList<string> List(string path) => throw new NotImplementedException();

    /// <summary>The generation that answers.</summary>
    public static string Current(string path) => throw new NotImplementedException();

    /// <summary>Starts a generation beside the current one; invisible until promoted.</summary>
    public static EmbeddedIndexWriter Begin(string path, IndexStamp stamp) => throw new NotImplementedException();

    /// <summary>Makes a generation the one that answers (the newest where none is named); returns its name.</summary>
    public static string Promote(string path, string? generation = null) => throw new NotImplementedException();

    /// <summary>Goes back to the generation that answered before; returns its name.</summary>
    public static string Rollback(string path) => throw new NotImplementedException();
}

/// <summary>Walks an embedded index.</summary>
public static class EmbeddedVerifier
{
    /// <summary>All findings of a full walk; no error among them means that every picture can be found and scored.</summary>
    public static ValueTask<IReadOnlyList<IndexFinding>> VerifyAsync(string path, CancellationToken cancellationToken) => throw new NotImplementedException();
}

/// <summary>Stage one over an embedded index.</summary>
public sealed class EmbeddedCandidateSource(EmbeddedIndex index) : ICandidateSource
{
    /// <inheritdoc/>
    public IndexStamp Stamp => index.Stamp;

    /// <inheritdoc/>
    public string Generation => index.Generation;

    /// <summary>Whether any picture has this field.</summary>
    public ValueTask<bool> HasFieldAsync(string field, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<RecallAnswer> FindAsync(RecallRequest request, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<string, PictureFields>> GetFieldsAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<long> CountAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => index.DisposeAsync();
}

using Filip.Embeddings;

namespace Filip.Recall.Embedded;

/// <summary>The one writer of an embedded index.</summary>
public sealed class EmbeddedIndexWriter : IAsyncDisposable
{
    internal EmbeddedIndexWriter(string path, string generation, IndexStamp stamp)
    {
        Path = path;
        Generation = generation;
        Stamp = stamp;
    }

    /// <summary>The index's folder.</summary>
    public string Path { get; }

    /// <summary>What the generation is stamped with.</summary>
    public IndexStamp Stamp { get; }

    /// <summary>Name of the generation written to.</summary>
    public string Generation { get; }

    /// <summary>Writes pictures durably; one entry a picture: null, or why it will never be taken.</summary>
    public ValueTask<IReadOnlyList<string?>> WriteAsync(IReadOnlyList<EmbeddedPicture> pictures, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Content hashes of those of the given pictures that the index holds.</summary>
    public ValueTask<IReadOnlyDictionary<string, string>> GetContentHashesAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>All ids, in ordinal order.</summary>
    public IAsyncEnumerable<string> ListIdsAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Removes pictures; returns how many were there.</summary>
    public ValueTask<long> DeleteAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Ends a job: compacts where more than half of the bytes are dead; says the size.</summary>
    public ValueTask<EmbeddedIndexSize> CompleteAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Rewrites the segments without dead bytes.</summary>
    public ValueTask CompactAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}

using Filip.Embeddings;

namespace Filip.Indexer;

/// <summary>Where encoded pictures are written. The index itself is the ledger: it knows what it holds, by content hash.</summary>
/// <remarks>Calls may come from several tasks at once. What a call acknowledged survives kill -9.</remarks>
public interface IImageSink : IAsyncDisposable
{
    /// <summary>What the index is stamped with.</summary>
    IndexStamp Stamp { get; }

    /// <summary>Name of the generation written to.</summary>
    string Generation { get; }

    /// <summary>Writes pictures, replacing those of the same id; one outcome a picture, in the order given.</summary>
    /// <param name="documents">At least one picture; ids differ within a call.</param>
    /// <param name="cancellationToken">Ends the call; pictures already acknowledged stay.</param>
    ValueTask<IReadOnlyList<WriteOutcome>> WriteAsync(
        IReadOnlyList<ImageDocument> documents, CancellationToken cancellationToken);

    /// <summary>Content hashes of those of the given pictures that the index holds.</summary>
    /// <param name="ids">Ids to look up.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask<IReadOnlyDictionary<string, string>> GetContentHashesAsync(
        IReadOnlyList<string> ids, CancellationToken cancellationToken);

    /// <summary>All ids in the index, each once, in a stable order (which one is the engine's).</summary>
    /// <param name="cancellationToken">Ends the listing.</param>
    IAsyncEnumerable<string> ListIdsAsync(CancellationToken cancellationToken);

    /// <summary>Removes pictures; ids that are not there are passed over. Returns how many were removed.</summary>
    /// <param name="ids">Ids to remove.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask<long> DeleteAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken);

    /// <summary>Makes everything written findable. Without it the job did not finish.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask<SinkSummary> CompleteAsync(CancellationToken cancellationToken);
}

using Filip.Embeddings;
using Filip.Recall.Embedded;

namespace Filip.Indexer.Embedded;

/// <summary>Writes pictures into an embedded index.</summary>
/// <remarks>
/// Calls that wait at the same time share one fsync and one transaction. A call returns after its pictures are on disk.
/// The sink owns the writer and disposes it.
/// </remarks>
/// <param name="writer">The index's one writer.</param>
public sealed class EmbeddedImageSink(EmbeddedIndexWriter writer) : IImageSink
{
    /// <inheritdoc/>
    public IndexStamp Stamp => writer.Stamp;

    /// <inheritdoc/>
    public string Generation => writer.Generation;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<WriteOutcome>> WriteAsync(
        IReadOnlyList<ImageDocument> documents, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(documents);
        if (documents.Count == 0)
        {
            throw new ArgumentException("Expected at least one picture, got none.", nameof(documents));
        }

        var pictures = new EmbeddedPicture[documents.Count];
        for (var i = 0; i < pictures.Length; i++)
        {
            pictures[i] = ToPicture(documents[i]);
        }

        var refusals = await OrUnavailable(() => writer.WriteAsync(pictures, cancellationToken));
        var outcomes = new WriteOutcome[pictures.Length];
        for (var i = 0; i < outcomes.Length; i++)
        {
            outcomes[i] = new WriteOutcome(pictures[i].Id, refusals[i]);
        }

        return outcomes;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<string, string>> GetContentHashesAsync(
        IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        OrUnavailable(() => writer.GetContentHashesAsync(ids, cancellationToken));

    /// <inheritdoc/>
    public IAsyncEnumerable<string> ListIdsAsync(CancellationToken cancellationToken) => writer.ListIdsAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<long> DeleteAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        OrUnavailable(() => writer.DeleteAsync(ids, cancellationToken));

    /// <inheritdoc/>
    public async ValueTask<SinkSummary> CompleteAsync(CancellationToken cancellationToken)
    {
        var size = await OrUnavailable(() => writer.CompleteAsync(cancellationToken));
        return new SinkSummary(size.Pictures, size.BytesPerPicture);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => writer.DisposeAsync();

    private static EmbeddedPicture ToPicture(ImageDocument document) => new()
    {
        Id = document.Id,
        ContentHash = document.ContentHash,
        Pooled = document.Pooled,
        PatchRecord = document.PatchRecord,
        Path = document.Path,
        Caption = document.Caption,
        Attributes = document.Attributes,
    };

    private static async ValueTask<T> OrUnavailable<T>(Func<ValueTask<T>> call)
    {
        try
        {
            return await call();
        }
        catch (EmbeddedIndexException exception)
        {
            throw new SinkUnavailableException(exception.Message, exception);
        }
    }
}

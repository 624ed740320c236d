using Filip.Embeddings;
using Filip.Recall;

namespace Filip.Indexer.Elastic;

/// <summary>Takes pictures through the door and the pump, and gives each its outcome in the order they came.</summary>
/// <param name="pump">Sends the items.</param>
/// <param name="item">Makes an item of a picture.</param>
/// <param name="stamp">What the index takes.</param>
internal sealed class DocumentWrites(BulkPump pump, Func<ImageDocument, BulkItem> item, IndexStamp stamp)
{
    /// <summary>Writes pictures, as <see cref="IImageSink.WriteAsync"/> says.</summary>
    public async ValueTask<IReadOnlyList<WriteOutcome>> SendAsync(
        IReadOnlyList<ImageDocument> documents, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(documents);
        if (documents.Count == 0)
        {
            throw new ArgumentException("Expected at least one picture, got none.", nameof(documents));
        }

        var refusals = new string?[documents.Count];
        var items = new List<BulkItem>(documents.Count);
        var places = new Dictionary<string, int>(documents.Count, StringComparer.Ordinal);
        for (var i = 0; i < documents.Count; i++)
        {
            refusals[i] = Refusal(documents[i]);
            if (refusals[i] is not null)
            {
                continue;
            }

            // Of one id twice the last stays, as in the embedded index; parts of a call travel side by side, in no order.
            var made = item(documents[i]);
            if (places.TryAdd(made.Id, items.Count))
            {
                items.Add(made);
            }
            else
            {
                items[places[made.Id]] = made;
            }
        }

        var fates = items.Count == 0 ? [] : await pump.SendAsync(items, cancellationToken);
        return [.. documents.Select((document, i) => new WriteOutcome(
            document.Id,
            refusals[i] ?? (fates[places[document.Id]] is { Fate: not ItemFate.Done } outcome ? outcome.Reason ?? "refused" : null)))];
    }

    private string? Refusal(ImageDocument document) =>
        PictureDoor.Refusal(
            document.Id, document.Pooled.Span, document.PatchRecord.Length, document.Path, document.Caption, stamp)
        ?? CentroidDoor.Refusal(document.Centroids, stamp)
        ?? PictureDoor.Attributes(document.Attributes).Refusal;
}

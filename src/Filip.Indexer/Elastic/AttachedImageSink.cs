using System.ComponentModel.DataAnnotations;
using Filip.Embeddings;
using Filip.Recall;
using Filip.Recall.Elastic;

namespace Filip.Indexer.Elastic;

/// <summary>Fills FILIP's fields into the documents of an index that its user already has.</summary>
/// <remarks>
/// The user's documents, fields and settings stay as they are: documents are never made and never deleted, refresh
/// interval and replicas are not touched. Path, caption and attributes are the user's own fields and are not written.
/// </remarks>
public sealed class AttachedImageSink : IImageSink
{
    private const int PageOfIds = 1_000;
    private const string Missing = "document_missing_exception";

    private readonly ElasticConnection _connection;
    private readonly ElasticLedger _ledger;
    private readonly ElasticLayout _layout;
    private readonly BulkPump _pump;
    private readonly DocumentWrites _writes;

    private AttachedImageSink(ElasticConnection connection, ElasticServer server, ElasticIndexFacts index, BulkOptions bulk, TimeProvider time)
    {
        _connection = connection;
        _layout = index.Layout;
        _ledger = new ElasticLedger(connection, index.Index, _layout);
        _pump = new BulkPump(connection, index.Index, bulk, server.MostBodyBytes, time, _layout);
        Stamp = index.Stamp!;
        Generation = index.Index;
        _writes = new DocumentWrites(_pump, document => AttachedDocument.Fill(document, server.TakesBase64Vectors), Stamp);
    }

    /// <summary>What an attached index costs, for whoever attaches one.</summary>
    public static string Price =>
        "The patches of an attached index stand in its _source too, because an update must find them there: about 2.5 times a patch record "
        + "on disk and 1.3 times in every hit of an ordinary search, unless that asks for \"_source\": {\"excludes\": [\"filip\"]}. "
        + "docs/attach.md says when a side index is better.";

    /// <inheritdoc/>
    public IndexStamp Stamp { get; }

    /// <summary>The user's index.</summary>
    public string Generation { get; }

    /// <summary>Attaches to an index, or goes on with one that is attached.</summary>
    /// <param name="connection">The cluster and index; it stays the caller's.</param>
    /// <param name="stamp">What will be written.</param>
    /// <param name="options">Vector index, pump, and which of the user's fields are path and caption.</param>
    /// <param name="time">The clock of the pauses; null for the system's.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="IndexNotFoundException">There is no such index.</exception>
    /// <exception cref="LayoutRefusedException">It cannot be attached to, or not without harm.</exception>
    /// <exception cref="StampMismatchException">It is attached to another model.</exception>
    public static async ValueTask<AttachedImageSink> OpenAsync(
        ElasticConnection connection, IndexStamp stamp, ElasticSinkOptions options, TimeProvider? time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(stamp);
        ArgumentNullException.ThrowIfNull(options);
        Validator.ValidateObject(options.Bulk, new ValidationContext(options.Bulk), validateAllProperties: true);
        Validator.ValidateObject(options.Index, new ValidationContext(options.Index), validateAllProperties: true);
        if (options.NewGeneration)
        {
            throw new LayoutRefusedException(
                $"'{connection.Address.Index}' is your own index, which has no generations: a new one cannot be built beside it. "
                + "Leave --new-generation away, or use a side index (another --to, without --attach).");
        }

        var server = await ElasticServer.AskAsync(connection, cancellationToken);
        var index = await new ElasticAttachment(connection).AttachAsync(stamp, options.Index, options.Attach ?? new AttachOptions(), cancellationToken);
        return new AttachedImageSink(connection, server, index, options.Bulk, time ?? TimeProvider.System);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<WriteOutcome>> WriteAsync(
        IReadOnlyList<ImageDocument> documents, CancellationToken cancellationToken)
    {
        var outcomes = await _writes.SendAsync(documents, cancellationToken);
        return [.. outcomes.Select(outcome => outcome.Refusal?.Contains(Missing, StringComparison.Ordinal) == true
            ? outcome with
            {
                Refusal = $"'{Generation}' has no document '{outcome.Id}' ({Missing}): it was deleted, has a routing of its own, "
                    + "or the source names pictures by other ids than the index. An attached index is filled, never added to.",
            }
            : outcome)];
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<string, string>> GetContentHashesAsync(
        IReadOnlyList<string> ids, CancellationToken cancellationToken) => _ledger.GetContentHashesAsync(ids, cancellationToken);

    /// <summary>The ids of all filled documents, each once.</summary>
    /// <param name="cancellationToken">Ends the listing.</param>
    public IAsyncEnumerable<string> ListIdsAsync(CancellationToken cancellationToken) => _ledger.ListIdsAsync(cancellationToken);

    /// <summary>Takes our fields out of documents; the documents stay. Returns how many were filled.</summary>
    /// <param name="ids">Ids of documents.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async ValueTask<long> DeleteAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var cleared = 0L;
        foreach (var page in ElasticIds.Possible(ids).Chunk(PageOfIds))
        {
            // Clearing writes the whole document anew: those that hold nothing of ours are left alone.
            var filled = await _ledger.ListFilledAsync(page, cancellationToken);
            if (filled.Count > 0)
            {
                var fates = await _pump.SendAsync([.. filled.Select(AttachedDocument.Clear)], cancellationToken);
                cleared += fates.Count(fate => fate.Fate == ItemFate.Done);
            }
        }

        return cleared;
    }

    /// <inheritdoc/>
    public async ValueTask<SinkSummary> CompleteAsync(CancellationToken cancellationToken)
    {
        await _ledger.RefreshAsync(cancellationToken);
        await EnsureStillAttachedAsync(cancellationToken);
        var size = await ElasticLedger.OrUnavailable(() => ElasticIndexSize.AskAsync(_connection, Generation, _layout, cancellationToken));
        return new SinkSummary(size.Pictures, size.Pictures == 0 ? 0 : (double)size.Bytes / size.Pictures);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask EnsureStillAttachedAsync(CancellationToken cancellationToken)
    {
        if (await _ledger.StampAsync(cancellationToken) != Stamp)
        {
            throw new SinkUnavailableException(
                $"'{Generation}' at {_connection.Address} is no longer attached to the model this job was filling in: somebody deleted or attached it anew "
                + "meanwhile. Look what is there, then run the same command again.");
        }
    }
}

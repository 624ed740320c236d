using System.ComponentModel.DataAnnotations;
using Filip.Embeddings;
using Filip.Recall;
using Filip.Recall.Elastic;

namespace Filip.Indexer.Elastic;

/// <summary>Writes pictures into a generation on Elasticsearch through the bulk pump.</summary>
/// <remarks>
/// A first load goes into a generation without alias, with refresh off; <see cref="CompleteAsync"/> refreshes, turns it on
/// and sets the alias, so that a half-filled index never serves. A load that was killed finds its generation again.
/// </remarks>
public sealed class ElasticImageSink : IImageSink
{
    private const int PageOfIds = 5_000;

    private readonly ElasticConnection _connection;
    private readonly ElasticGenerations _generations;
    private readonly ElasticLedger _ledger;
    private readonly BulkPump _pump;
    private readonly DocumentWrites _writes;
    private readonly bool _promote;

    private ElasticImageSink(
        ElasticConnection connection, ElasticServer server, IndexStamp stamp, string generation, bool promote, BulkOptions bulk, TimeProvider time)
    {
        _connection = connection;
        _generations = new ElasticGenerations(connection);
        _ledger = new ElasticLedger(connection, generation);
        _promote = promote;
        _pump = new BulkPump(connection, generation, bulk, server.MostBodyBytes, time);
        _writes = new DocumentWrites(
            _pump,
            document => BulkDocument.Index(stamp.PooledVectors.IsSeveral ? document : document with { Centroids = null }, server.TakesBase64Vectors),
            stamp);
        Stamp = stamp;
        Generation = generation;
    }

    /// <inheritdoc/>
    public IndexStamp Stamp { get; }

    /// <inheritdoc/>
    public string Generation { get; }

    private string Path => Uri.EscapeDataString(Generation);

    /// <summary>Opens the live generation, resumes one that was being built, or begins one.</summary>
    /// <param name="connection">The cluster; it stays the caller's.</param>
    /// <param name="stamp">What will be written.</param>
    /// <param name="options">Layout and pump.</param>
    /// <param name="time">The clock of the pauses; null for the system's.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="StampMismatchException">The live generation was built with another model, codec or layout.</exception>
    /// <exception cref="ElasticException">The server cannot be reached or refuses.</exception>
    public static async ValueTask<ElasticImageSink> OpenAsync(
        ElasticConnection connection, IndexStamp stamp, ElasticSinkOptions options, TimeProvider? time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(stamp);
        ArgumentNullException.ThrowIfNull(options);
        Validator.ValidateObject(options.Bulk, new ValidationContext(options.Bulk), validateAllProperties: true);
        Validator.ValidateObject(options.Index, new ValidationContext(options.Index), validateAllProperties: true);
        var server = await ElasticServer.AskAsync(connection, cancellationToken);
        var generations = new ElasticGenerations(connection);
        var live = await generations.CurrentAsync(cancellationToken);
        string generation;
        var own = live is null ? null : await OwnStampAsync(connection, generations, live, cancellationToken);
        if (live is not null && !options.NewGeneration)
        {
            own!.EnsureUsableBy(stamp);
            (generation, stamp) = (live, own);
        }
        else
        {
            if (live is null)
            {
                await RefuseForeignIndexAsync(connection, generations, cancellationToken);
            }

            var seen = await generations.ListAsync(cancellationToken);
            generation = await UnfinishedAsync(generations, seen, live, stamp, cancellationToken)
                ?? await generations.BeginAsync(stamp, options.Index, seen, cancellationToken);
        }

        return new ElasticImageSink(
            connection, server, stamp, generation, promote: live is null, options.Bulk, time ?? TimeProvider.System);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<WriteOutcome>> WriteAsync(
        IReadOnlyList<ImageDocument> documents, CancellationToken cancellationToken) => _writes.SendAsync(documents, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<string, string>> GetContentHashesAsync(
        IReadOnlyList<string> ids, CancellationToken cancellationToken) => _ledger.GetContentHashesAsync(ids, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<string> ListIdsAsync(CancellationToken cancellationToken) => _ledger.ListIdsAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<long> DeleteAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var deleted = 0L;
        foreach (var page in ElasticIds.Possible(ids).Chunk(PageOfIds))
        {
            var fates = await _pump.SendAsync([.. page.Select(BulkDocument.Delete)], cancellationToken);
            deleted += fates.Count(fate => fate.Fate == ItemFate.Done);
        }

        return deleted;
    }

    /// <inheritdoc/>
    public async ValueTask<SinkSummary> CompleteAsync(CancellationToken cancellationToken)
    {
        await _ledger.RefreshAsync(cancellationToken);
        await EnsureStillOursAsync(cancellationToken);
        var settings = ElasticBody.Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("index.refresh_interval", ElasticGenerations.ServingRefreshInterval);
            json.WriteEndObject();
        });
        using (await _ledger.AskAsync(new ElasticQuestion("PUT", Path + "/_settings", settings), cancellationToken))
        {
        }

        var size = await ElasticLedger.OrUnavailable(() => ElasticIndexSize.AskAsync(_connection, Generation, cancellationToken));
        if (_promote)
        {
            await ElasticLedger.OrUnavailable(() => _generations.PromoteAsync(Generation, cancellationToken));
        }

        return new SinkSummary(size.Pictures, size.Pictures == 0 ? 0 : (double)size.Bytes / size.Pictures);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // Elasticsearch makes an index by itself where a bulk finds none, and such a one must never serve.
    private async ValueTask EnsureStillOursAsync(CancellationToken cancellationToken)
    {
        if (await _ledger.StampAsync(cancellationToken) != Stamp)
        {
            throw new SinkUnavailableException(
                $"'{Generation}' at {_connection.Address} is no longer the index this job was filling: somebody deleted it meanwhile. "
                + "Delete what is there under that name and run the same command again.");
        }
    }

    private static async ValueTask RefuseForeignIndexAsync(
        ElasticConnection connection, ElasticGenerations generations, CancellationToken cancellationToken)
    {
        string index;
        try
        {
            (index, _) = await generations.StampAsync(connection.Address.Index, cancellationToken);
        }
        catch (IndexNotFoundException)
        {
            return; // nothing there: the name is free for an alias
        }

        throw NotOurs(connection, index);
    }

    // Names like ours, products-000003 behind products, are a user's often enough: no index is taken for ours by its name.
    private static async ValueTask<IndexStamp> OwnStampAsync(
        ElasticConnection connection, ElasticGenerations generations, string live, CancellationToken cancellationToken)
    {
        var facts = await generations.DescribeAsync(live, cancellationToken);
        return facts.Layout.IsAttached || facts.Stamp is null ? throw NotOurs(connection, live) : facts.Stamp;
    }

    // The newest generation past the live one that carries our stamp: the load of it was not completed.
    private static async ValueTask<string?> UnfinishedAsync(
        ElasticGenerations generations, IReadOnlyList<string> seen, string? live, IndexStamp stamp, CancellationToken cancellationToken)
    {
        foreach (var name in seen.Reverse())
        {
            if (live is not null && string.CompareOrdinal(name, live) <= 0)
            {
                return null;
            }

            if (await generations.DescribeAsync(name, cancellationToken) is { Layout.IsAttached: false } facts && facts.Stamp == stamp)
            {
                return name;
            }
        }

        return null;
    }

    private static IndexNotFoundException NotOurs(ElasticConnection connection, string index) =>
        new($"'{index}' at {connection.Address} is an index of its own, not one of ours: it would be overwritten. "
            + "Name another index to write to (a side index under the same ids), or add FILIP's fields to its own documents with --attach; docs/attach.md says which when.");
}

using Filip.Embeddings;

namespace Filip.Recall.Elastic;

/// <summary>Stage one on Elasticsearch: kNN over <c>dense_vector</c>, filters inside the clause, an optional lexical leg.</summary>
/// <remarks>
/// <para>One round trip: a search, or with the lexical leg a multi-search whose two orders are fused here (<see cref="LegFusion"/>).
/// Recall scores are dot products, (2 · <c>_score</c> − 1). Where the index holds several vectors a picture and the request
/// brings its tokens, <see cref="CentroidSearch"/> answers.</para>
/// <para>An alias is looked up when it is opened and at each <see cref="RefreshAsync"/>, and the index behind it asked by its own
/// name: a promotion to another model is seen by its stamp and refused, before it could answer with vectors of another space.</para>
/// </remarks>
public sealed class ElasticCandidateSource : ICandidateSource
{
    private readonly ElasticConnection _connection;
    private readonly int? _numCandidates;
    private volatile ElasticRecall _now;

    private ElasticCandidateSource(ElasticConnection connection, int? numCandidates, ElasticRecall now)
    {
        _connection = connection;
        _numCandidates = numCandidates;
        _now = now;
    }

    /// <inheritdoc/>
    public IndexStamp Stamp => _now.Stamp;

    /// <inheritdoc/>
    public string Generation => _now.Index.Index;

    /// <summary>The index that answers now, with what its mapping says.</summary>
    public ElasticIndexFacts Index => _now.Index;

    /// <summary>Opens an index or alias for recall.</summary>
    /// <param name="connection">The cluster; it stays the caller's.</param>
    /// <param name="numCandidates">Candidates a shard looks at; null takes twice the count, at least 100.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="IndexNotFoundException">There is no such index, or it was not made by this product.</exception>
    public static async ValueTask<ElasticCandidateSource> OpenAsync(
        ElasticConnection connection, int? numCandidates, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        await ElasticServer.AskAsync(connection, cancellationToken);
        return new ElasticCandidateSource(connection, numCandidates, await LookUpAsync(connection, numCandidates, cancellationToken));
    }

    /// <summary>Follows the alias to the generation that it names now, and the mapping to what it has become.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="IndexNotFoundException">There is no such index any more, or it is not ours.</exception>
    public async ValueTask RefreshAsync(CancellationToken cancellationToken)
    {
        var found = await LookUpAsync(_connection, _numCandidates, cancellationToken);
        var before = _now;
        if (found.Index.Index != before.Index.Index || found.Stamp != before.Stamp || found.Index.Layout.IsAttached)
        {
            _now = found;
        }
    }

    /// <inheritdoc/>
    public ValueTask<RecallAnswer> FindAsync(RecallRequest request, CancellationToken cancellationToken) =>
        AskAsync((recall, token) => recall.FindAsync(request, token), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<string, PictureFields>> GetFieldsAsync(
        IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        AskAsync((recall, token) => recall.GetFieldsAsync(ids, token), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> HasFieldAsync(string field, CancellationToken cancellationToken) =>
        AskAsync((recall, token) => recall.HasFieldAsync(field, token), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<long> CountAsync(CancellationToken cancellationToken) =>
        AskAsync((recall, token) => recall.CountAsync(token), cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // A generation that was deleted right after another took its place is not waited for: the alias is looked up at once.
    private async ValueTask<T> AskAsync<T>(Func<ElasticRecall, CancellationToken, ValueTask<T>> ask, CancellationToken cancellationToken)
    {
        var asked = _now;
        try
        {
            return await ask(asked, cancellationToken);
        }
        catch (ElasticException error) when (error.Failure == ElasticFailure.NotFound)
        {
            await RefreshAsync(cancellationToken);
            if (_now.Index.Index == asked.Index.Index || _now.Stamp != asked.Stamp)
            {
                throw; // another model's is the next request's to refuse
            }

            return await ask(_now, cancellationToken);
        }
    }

    private static async ValueTask<ElasticRecall> LookUpAsync(
        ElasticConnection connection, int? numCandidates, CancellationToken cancellationToken)
    {
        var index = await new ElasticGenerations(connection).DescribeAsync(connection.Address.Index, cancellationToken);
        return index.Stamp is null
            ? throw new IndexNotFoundException(
                $"The index '{index.Index}' at {connection.Address} holds no FILIP vectors (no stamp in its mapping). "
                + $"Index into another name, or fill it with: filip index es://{connection.Address.Index} --to {connection.Address} --attach")
            : new ElasticRecall(connection, index, index.Stamp, numCandidates);
    }
}

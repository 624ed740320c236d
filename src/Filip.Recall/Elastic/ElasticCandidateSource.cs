using System.Buffers;
using System.Numerics.Tensors;
using System.Text;
using System.Text.Json;
using Filip.Embeddings;

namespace Filip.Recall.Elastic;

/// <summary>Stage one on Elasticsearch: kNN over <c>dense_vector</c>, filters inside the clause, an optional lexical leg.</summary>
/// <remarks>
/// One round trip: a search, or with the lexical leg a multi-search whose two orders are fused here (<see cref="LegFusion"/>). Recall scores are dot products, (2 · <c>_score</c> − 1).
/// Where the index holds several vectors a picture and the request brings its tokens, <see cref="CentroidSearch"/> answers.
/// </remarks>
public sealed class ElasticCandidateSource : ICandidateSource
{
    private const int MostCandidates = 10_000;

    private readonly ElasticConnection _connection;
    private readonly ElasticIndexFacts _index;
    private readonly string _path;
    private readonly int? _numCandidates;
    private readonly CentroidSearch _centroids;

    private ElasticCandidateSource(ElasticConnection connection, ElasticIndexFacts index, IndexStamp stamp, int? numCandidates)
    {
        _connection = connection;
        _index = index;
        _path = Uri.EscapeDataString(connection.Address.Index);
        _numCandidates = numCandidates;
        Generation = index.Index;
        Stamp = stamp;
        _centroids = new CentroidSearch(connection, _path, index, stamp, numCandidates);
    }

    /// <inheritdoc/>
    public IndexStamp Stamp { get; }

    /// <inheritdoc/>
    public string Generation { get; }

    /// <summary>Where our fields stand in the index.</summary>
    public ElasticLayout Layout => _index.Layout;

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
        var index = await new ElasticGenerations(connection).DescribeAsync(connection.Address.Index, cancellationToken);
        return index.Stamp is null
            ? throw new IndexNotFoundException(
                $"The index '{index.Index}' at {connection.Address} holds no FILIP vectors (no stamp in its mapping). "
                + $"Index into another name, or fill it with: filip index es://{connection.Address.Index} --to {connection.Address}")
            : new ElasticCandidateSource(connection, index, index.Stamp, numCandidates);
    }

    /// <inheritdoc/>
    public async ValueTask<RecallAnswer> FindAsync(RecallRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(request.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(request.Count, MostCandidates);
        if (request.Pooled.Length != Stamp.PooledDimension)
        {
            throw new ArgumentException(
                $"The query's pooled vector has {request.Pooled.Length} values; the index holds {Stamp.PooledDimension}. "
                + "Encode the query with the model the index was built with.", nameof(request));
        }

        if (Finite.IndexOfNonFinite(request.Pooled.Span) is >= 0 and var bad)
        {
            throw new ArgumentException($"Value {bad} of the query's pooled vector is not finite.", nameof(request));
        }

        foreach (var filter in request.Filters)
        {
            filter.EnsureSound();
        }

        if (Stamp.PooledVectors.IsSeveral && request.Tokens is { } tokens)
        {
            return await _centroids.FindAsync(request, tokens, cancellationToken);
        }

        // The server refuses a query that is not of unit length; a dot product is not so narrow, so its length is put back after.
        var length = TensorPrimitives.Norm(request.Pooled.Span);
        if (length == 0)
        {
            throw new ArgumentException("The query's pooled vector is all zero; it has no direction to search in.", nameof(request));
        }

        if (Math.Abs(length - 1) > 1e-4f)
        {
            var unit = new float[request.Pooled.Length];
            TensorPrimitives.Divide(request.Pooled.Span, length, unit);
            request = request with { Pooled = unit };
        }
        else
        {
            length = 1;
        }

        return string.IsNullOrWhiteSpace(request.LexicalText)
            ? await KnnAsync(request, length, cancellationToken)
            : await FusedAsync(request with { WithRecords = false }, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyDictionary<string, PictureFields>> GetFieldsAsync(
        IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var found = new Dictionary<string, PictureFields>(StringComparer.Ordinal);
        foreach (var page in ElasticIds.Possible(ids).Chunk(MostCandidates))
        {
            var body = Layout.IsAttached ? AttachedPictures.Body(page, _index) : OwnPictures.Body(page);
            using var answer = await _connection.AskAsync(
                ElasticQuestion.Post(_path + "/_search?allow_partial_search_results=false", body), cancellationToken);
            using var json = answer.Json();
            foreach (var hit in json.RootElement.GetProperty("hits").GetProperty("hits").EnumerateArray())
            {
                found[hit.GetProperty("_id").GetString()!] = Layout.IsAttached
                    ? AttachedPictures.Read(hit.GetProperty("_source"), Layout)
                    : OwnPictures.Read(hit.GetProperty("_source"));
            }
        }

        return found;
    }

    /// <inheritdoc/>
    public async ValueTask<long> CountAsync(CancellationToken cancellationToken)
    {
        using var answer = await _connection.AskAsync(ElasticIndexSize.CountQuestion(Generation, Layout), cancellationToken);
        using var json = answer.Json();
        return RecallHits.Partial(json.RootElement) is { } partial
            ? throw new ElasticException(ElasticFailure.Busy, $"The pictures of '{Generation}' at {_connection.Address} cannot be counted: {partial}.")
            : json.RootElement.GetProperty("count").GetInt64();
    }

    /// <inheritdoc/>
    public async ValueTask<bool> HasFieldAsync(string field, CancellationToken cancellationToken)
    {
        var body = ElasticBody.Write(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("size", 0);
            json.WriteNumber("terminate_after", 1);
            json.WriteStartObject("query");
            if (Layout.IsAttached)
            {
                AttachedFilters.WriteExists(json, field);
            }
            else
            {
                json.WriteStartObject("term");
                json.WriteString(ElasticFields.Facets, Facet.Present(field));
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        });
        using var answer = await _connection.AskAsync(ElasticQuestion.Post(_path + "/_search", body), cancellationToken);
        using var json = answer.Json();
        return json.RootElement.GetProperty("hits").GetProperty("total").GetProperty("value").GetInt64() > 0;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask<RecallAnswer> KnnAsync(RecallRequest request, float length, CancellationToken cancellationToken)
    {
        var body = ElasticBody.Write(json => ElasticQueries.WriteKnn(json, request, _numCandidates, _index));
        if (request.WithRecords)
        {
            return await WithRecordsAsync(request, body, length, cancellationToken);
        }

        using var answer = await _connection.AskAsync(ElasticQuestion.Post(_path + "/_search", body), cancellationToken);
        using var json = answer.Json();
        var hits = RecallHits.Of(json.RootElement, Layout.Id).Select(hit => (hit.Id, Score: ((2 * hit.Score) - 1) * length));
        return new RecallAnswer(RecallHits.Ranked(hits, request.Count), RecallHits.Partial(json.RootElement));
    }

    private async ValueTask<RecallAnswer> WithRecordsAsync(
        RecallRequest request, ReadOnlyMemory<byte> body, float length, CancellationToken cancellationToken)
    {
        var answer = await _connection.AskAsync(ElasticQuestion.Post(_path + "/_search", body) with { Cbor = true }, cancellationToken);
        try
        {
            var found = CborHits.Read(answer.Body, Layout.Id, Layout.Patches);
            var ranked = RecallHits.Ranked(found.Hits.Select(hit => (hit.Id, Score: ((2 * hit.Score) - 1) * length)), request.Count);
            var records = found.Hits.ToDictionary(hit => hit.Id, hit => hit.Record, StringComparer.Ordinal);
            return new RecallAnswer(ranked, RecallHits.Partial(found.FailedShards, found.Shards, found.TimedOut))
            {
                Records = new CandidateRecords([.. ranked.Select(candidate => records[candidate.Id])], answer),
            };
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    private async ValueTask<RecallAnswer> FusedAsync(RecallRequest request, CancellationToken cancellationToken)
    {
        if (Layout.CaptionField is null)
        {
            throw new ArgumentException(
                $"'{Generation}' was attached without a caption field, so there are no words to search. Attach again with --caption-field NAME, or leave the lexical leg off.",
                nameof(request));
        }

        var body = new ArrayBufferWriter<byte>(8192);
        body.Write("{}\n"u8);
        body.Write(ElasticBody.Write(json => ElasticQueries.WriteKnn(json, request, _numCandidates, _index)).Span);
        body.Write("\n{}\n"u8);
        body.Write(ElasticBody.Write(json => ElasticQueries.WriteLexical(json, request, _index)).Span);
        body.Write("\n"u8);
        using var answer = await _connection.AskAsync(ElasticQuestion.Post(_path + "/_msearch", body.WrittenMemory), cancellationToken);
        using var json = answer.Json();
        var legs = json.RootElement.GetProperty("responses").EnumerateArray().ToList();
        if (legs.FirstOrDefault(leg => leg.TryGetProperty("error", out _)) is { ValueKind: JsonValueKind.Object } failed)
        {
            throw ElasticErrors.From(
                _connection.Address, failed.GetProperty("status").GetInt32(), Encoding.UTF8.GetBytes(failed.GetRawText()));
        }

        var orders = legs.ConvertAll(leg => RecallHits.Ranked(RecallHits.Of(leg, Layout.Id), request.Count).ConvertAll(candidate => (candidate.Id, candidate.Score)));
        var fused = LegFusion.Fuse<string>(orders[0], orders[1], request.LexicalWeight).Select(pair => (pair.Key, pair.Value));
        return new RecallAnswer(RecallHits.Ranked(fused, request.Count), legs.Select(RecallHits.Partial).FirstOrDefault(partial => partial is not null));
    }
}

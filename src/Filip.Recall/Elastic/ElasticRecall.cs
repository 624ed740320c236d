using System.Buffers;
using System.Numerics.Tensors;
using Filip.Embeddings;

namespace Filip.Recall.Elastic;

/// <summary>Stage one over one index of Elasticsearch, by its own name: what an alias does meanwhile changes nothing here.</summary>
/// <param name="connection">The cluster.</param>
/// <param name="index">The index, with what its mapping says.</param>
/// <param name="stamp">Its stamp.</param>
/// <param name="numCandidates">Candidates a shard looks at; null takes twice the count, at least 100.</param>
internal sealed class ElasticRecall(ElasticConnection connection, ElasticIndexFacts index, IndexStamp stamp, int? numCandidates)
{
    private const int MostCandidates = 10_000;

    private readonly string _path = Uri.EscapeDataString(index.Index);
    private readonly CentroidSearch _centroids = new(connection, Uri.EscapeDataString(index.Index), index, stamp, numCandidates);

    /// <summary>The index, with what its mapping says.</summary>
    public ElasticIndexFacts Index => index;

    /// <summary>What it was built with.</summary>
    public IndexStamp Stamp => stamp;

    private ElasticLayout Layout => index.Layout;

    /// <summary>The candidates, as <see cref="ICandidateSource.FindAsync"/> says.</summary>
    public async ValueTask<RecallAnswer> FindAsync(RecallRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(request.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(request.Count, MostCandidates);
        RecallRequest.EnsureSound(request, Stamp);
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

    /// <summary>The user's fields, by id.</summary>
    public async ValueTask<IReadOnlyDictionary<string, PictureFields>> GetFieldsAsync(
        IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var found = new Dictionary<string, PictureFields>(StringComparer.Ordinal);
        foreach (var page in ElasticIds.Possible(ids).Chunk(MostCandidates))
        {
            var body = Layout.IsAttached ? AttachedPictures.Body(page, index) : OwnPictures.Body(page);
            using var answer = await connection.AskAsync(
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

    /// <summary>How many pictures can be found.</summary>
    public async ValueTask<long> CountAsync(CancellationToken cancellationToken)
    {
        using var answer = await connection.AskAsync(ElasticIndexSize.CountQuestion(index.Index, Layout), cancellationToken);
        using var json = answer.Json();
        return RecallHits.Partial(json.RootElement) is { } partial
            ? throw new ElasticException(ElasticFailure.Busy, $"The pictures of '{index.Index}' at {connection.Address} cannot be counted: {partial}.")
            : json.RootElement.GetProperty("count").GetInt64();
    }

    /// <summary>Whether any picture has a value in this field.</summary>
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
                ElasticQueries.WritePresent(json, field);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        });
        using var answer = await connection.AskAsync(ElasticQuestion.Post(_path + "/_search", body), cancellationToken);
        using var json = answer.Json();
        return json.RootElement.GetProperty("hits").GetProperty("total").GetProperty("value").GetInt64() > 0;
    }

    private async ValueTask<RecallAnswer> KnnAsync(RecallRequest request, float length, CancellationToken cancellationToken)
    {
        var body = ElasticBody.Write(json => ElasticQueries.WriteKnn(json, request, numCandidates, index));
        if (request.WithRecords)
        {
            return await WithRecordsAsync(request, body, length, cancellationToken);
        }

        using var answer = await connection.AskAsync(ElasticQuestion.Post(_path + "/_search", body), cancellationToken);
        using var json = answer.Json();
        var hits = RecallHits.Of(json.RootElement, Layout.Id).Select(hit => (hit.Id, Score: ((2 * hit.Score) - 1) * length));
        return new RecallAnswer(RecallHits.Ranked(hits, request.Count), RecallHits.Partial(json.RootElement));
    }

    private async ValueTask<RecallAnswer> WithRecordsAsync(
        RecallRequest request, ReadOnlyMemory<byte> body, float length, CancellationToken cancellationToken)
    {
        var answer = await connection.AskAsync(ElasticQuestion.Post(_path + "/_search", body) with { Cbor = true }, cancellationToken);
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
            throw new QuestionRefusedException(
                $"'{index.Index}' was attached without a caption field, so there are no words to search. Attach again with --caption-field NAME, or leave the lexical leg off.",
                "lexical");
        }

        var body = new ArrayBufferWriter<byte>(8192);
        body.Write("{}\n"u8);
        body.Write(ElasticBody.Write(json => ElasticQueries.WriteKnn(json, request, numCandidates, index)).Span);
        body.Write("\n{}\n"u8);
        body.Write(ElasticBody.Write(json => ElasticQueries.WriteLexical(json, request, index)).Span);
        body.Write("\n"u8);
        using var answer = await connection.AskAsync(ElasticQuestion.Post(_path + "/_msearch", body.WrittenMemory), cancellationToken);
        using var json = answer.Json();
        var legs = RecallHits.Legs(json.RootElement, connection.Address);
        var orders = legs.ConvertAll(leg => RecallHits.Ranked(RecallHits.Of(leg, Layout.Id), request.Count).ConvertAll(candidate => (candidate.Id, candidate.Score)));
        var fused = LegFusion.Fuse<string>(orders[0], orders[1], request.LexicalWeight).Select(pair => (pair.Key, pair.Value));
        return new RecallAnswer(RecallHits.Ranked(fused, request.Count), legs.Select(RecallHits.Partial).FirstOrDefault(partial => partial is not null));
    }
}

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
    private readonly string _path;
    private readonly int? _numCandidates;
    private readonly CentroidSearch _centroids;

    private ElasticCandidateSource(ElasticConnection connection, string generation, IndexStamp stamp, int? numCandidates)
    {
        _connection = connection;
        _path = Uri.EscapeDataString(connection.Address.Index);
        _numCandidates = numCandidates;
        Generation = generation;
        Stamp = stamp;
        _centroids = new CentroidSearch(connection, _path, stamp, numCandidates);
    }

    /// <inheritdoc/>
    public IndexStamp Stamp { get; }

    /// <inheritdoc/>
    public string Generation { get; }

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
        var (generation, stamp) = await new ElasticGenerations(connection).StampAsync(connection.Address.Index, cancellationToken);
        return stamp is null
            ? throw new IndexNotFoundException(
                $"The index '{generation}' at {connection.Address} holds no FILIP vectors (no stamp in its mapping). "
                + $"Index into another name, or fill it with: filip index es://{connection.Address.Index} --to {connection.Address}")
            : new ElasticCandidateSource(connection, generation, stamp, numCandidates);
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
            var body = ElasticBody.Write(json =>
            {
                json.WriteStartObject();
                ElasticBody.WriteIdsQuery(json, page);
                json.WriteStartArray("_source");
                json.WriteStringValue(ElasticFields.Path);
                json.WriteStringValue(ElasticFields.Caption);
                json.WriteStringValue(ElasticFields.Attributes);
                json.WriteStringValue(ElasticFields.AttributesJson);
                json.WriteEndArray();
                json.WriteEndObject();
            });
            using var answer = await _connection.AskAsync(
                ElasticQuestion.Post(_path + "/_search?allow_partial_search_results=false", body), cancellationToken);
            using var json = answer.Json();
            foreach (var hit in json.RootElement.GetProperty("hits").GetProperty("hits").EnumerateArray())
            {
                found[hit.GetProperty("_id").GetString()!] = Fields(hit.GetProperty("_source"));
            }
        }

        return found;
    }

    /// <inheritdoc/>
    public async ValueTask<long> CountAsync(CancellationToken cancellationToken)
    {
        using var answer = await _connection.AskAsync(ElasticQuestion.Get(_path + "/_count"), cancellationToken);
        using var json = answer.Json();
        return Partial(json.RootElement) is { } partial
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
            json.WriteStartObject("term");
            json.WriteString(ElasticFields.Facets, Facet.Present(field));
            json.WriteEndObject();
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
        var body = ElasticBody.Write(json => ElasticQueries.WriteKnn(json, request, _numCandidates));
        if (request.WithRecords)
        {
            return await WithRecordsAsync(request, body, length, cancellationToken);
        }

        using var answer = await _connection.AskAsync(ElasticQuestion.Post(_path + "/_search", body), cancellationToken);
        using var json = answer.Json();
        var hits = Hits(json.RootElement).Select(hit => (hit.Id, Score: ((2 * hit.Score) - 1) * length));
        return new RecallAnswer(Ranked(hits, request.Count), Partial(json.RootElement));
    }

    private async ValueTask<RecallAnswer> WithRecordsAsync(
        RecallRequest request, ReadOnlyMemory<byte> body, float length, CancellationToken cancellationToken)
    {
        var answer = await _connection.AskAsync(ElasticQuestion.Post(_path + "/_search", body) with { Cbor = true }, cancellationToken);
        try
        {
            var found = CborHits.Read(answer.Body, ElasticFields.Id, ElasticFields.Patches);
            var ranked = Ranked(found.Hits.Select(hit => (hit.Id, Score: ((2 * hit.Score) - 1) * length)), request.Count);
            var records = found.Hits.ToDictionary(hit => hit.Id, hit => hit.Record, StringComparer.Ordinal);
            return new RecallAnswer(ranked, Partial(found.FailedShards, found.Shards, found.TimedOut))
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
        var body = new ArrayBufferWriter<byte>(8192);
        body.Write("{}\n"u8);
        body.Write(ElasticBody.Write(json => ElasticQueries.WriteKnn(json, request, _numCandidates)).Span);
        body.Write("\n{}\n"u8);
        body.Write(ElasticBody.Write(json => ElasticQueries.WriteLexical(json, request)).Span);
        body.Write("\n"u8);
        using var answer = await _connection.AskAsync(ElasticQuestion.Post(_path + "/_msearch", body.WrittenMemory), cancellationToken);
        using var json = answer.Json();
        var legs = json.RootElement.GetProperty("responses").EnumerateArray().ToList();
        if (legs.FirstOrDefault(leg => leg.TryGetProperty("error", out _)) is { ValueKind: JsonValueKind.Object } failed)
        {
            throw ElasticErrors.From(
                _connection.Address, failed.GetProperty("status").GetInt32(), Encoding.UTF8.GetBytes(failed.GetRawText()));
        }

        var orders = legs.ConvertAll(leg => Ranked(Hits(leg), request.Count).ConvertAll(candidate => (candidate.Id, candidate.Score)));
        var fused = LegFusion.Fuse<string>(orders[0], orders[1], request.LexicalWeight).Select(pair => (pair.Key, pair.Value));
        return new RecallAnswer(Ranked(fused, request.Count), legs.Select(Partial).FirstOrDefault(partial => partial is not null));
    }

    // Scores are float32 on the server; read as such, JSON and CBOR give one number.
    internal static IEnumerable<(string Id, double Score)> Hits(JsonElement answer) =>
        answer.GetProperty("hits").GetProperty("hits").EnumerateArray()
            .Select(hit => (hit.GetProperty("fields").GetProperty(ElasticFields.Id)[0].GetString()!, (double)hit.GetProperty("_score").GetSingle()));

    // The server breaks ties by its own document number, which a merge or a replica changes; ours is the id.
    internal static List<Candidate> Ranked(IEnumerable<(string Id, double Score)> hits, int count) =>
        [.. hits.OrderByDescending(hit => hit.Score).ThenBy(hit => hit.Id, StringComparer.Ordinal).Take(count)
            .Select((hit, index) => new Candidate(hit.Id, index + 1, hit.Score))];

    // Elasticsearch answers 200 with fewer hits when shards fail: that is said, never silent.
    internal static string? Partial(JsonElement answer)
    {
        var shards = answer.GetProperty("_shards");
        return Partial(
            shards.GetProperty("failed").GetInt32(), shards.GetProperty("total").GetInt32(),
            answer.TryGetProperty("timed_out", out var late) && late.GetBoolean());
    }

    private static string? Partial(int failed, int shards, bool timedOut) =>
        failed > 0 ? $"{failed} of {shards} shards did not answer" : timedOut ? "the search timed out inside Elasticsearch" : null;

    private static PictureFields Fields(JsonElement source) => new(
        Text(source, ElasticFields.Path),
        Text(source, ElasticFields.Caption),
        source.TryGetProperty(ElasticFields.Attributes, out var attributes) && attributes.ValueKind == JsonValueKind.Object
            ? Members(attributes)
            : Text(source, ElasticFields.AttributesJson) is { } text ? Parsed(text) : new Dictionary<string, JsonElement>());

    private static Dictionary<string, JsonElement> Members(JsonElement attributes)
    {
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in attributes.EnumerateObject())
        {
            members[member.Name] = member.Value.Clone();
        }

        return members;
    }

    private static Dictionary<string, JsonElement> Parsed(string text)
    {
        using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = PictureDoor.MostLevels });
        return Members(document.RootElement);
    }

    private static string? Text(JsonElement source, string name) =>
        source.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

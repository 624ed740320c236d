using System.Buffers;
using System.Text;
using System.Text.Json;
using Filip.Embeddings;

namespace Filip.Recall.Elastic;

/// <summary>Stage one over several vectors a picture: a kNN clause for each query token, all in one multi-search, fused here.</summary>
/// <remarks>
/// <para>The recall score is the mean over the query tokens of the largest dot product with any of the picture's vectors: late
/// interaction's own score with the picture's few vectors in place of its patches. A clause brings only its nearest pictures;
/// to a picture that it did not bring it gives the dot product of its last, which is the most that picture can have.</para>
/// <para>Fused here and not by the server's own sum over clauses, in which a picture that a clause did not bring gets nothing at all
/// for that token and falls behind whatever many clauses brought by a little: measured, that loses candidates.</para>
/// </remarks>
internal sealed class CentroidSearch(ElasticConnection connection, string path, IndexStamp stamp, int? numCandidates)
{
    private const int MostPictures = 10_000;

    // What each clause brings, in counts asked for. More than this was measured to add little.
    private const int Depth = 2;

    private const string Answered =
        "?filter_path=responses.hits.hits._score,responses.hits.hits.fields,responses._shards,responses.timed_out,responses.error,responses.status";

    /// <summary>The pictures nearest to the tokens, best first.</summary>
    /// <param name="request">Count, filters and words; its pooled vector is not looked at.</param>
    /// <param name="tokens">The query tokens.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="ArgumentException">The tokens have another dimension than the index's patches, or are zero.</exception>
    public async ValueTask<RecallAnswer> FindAsync(RecallRequest request, EmbeddingMatrix tokens, CancellationToken cancellationToken)
    {
        if (tokens.Dimension != stamp.PatchDimension)
        {
            throw new ArgumentException(
                $"The query's tokens have {tokens.Dimension} values; the index's patches have {stamp.PatchDimension}. "
                + "Encode the query with the model the index was built with.", nameof(tokens));
        }

        var clauses = TokenClauses.Of(tokens);
        var each = Math.Min(MostPictures, request.Count * Depth);
        var lexical = !string.IsNullOrWhiteSpace(request.LexicalText);
        using var answer = await connection.AskAsync(
            ElasticQuestion.Post(path + "/_msearch" + Answered, Body(request, clauses, each, lexical)), cancellationToken);
        using var json = answer.Json();
        var legs = json.RootElement.GetProperty("responses").EnumerateArray().ToList();
        if (legs.FirstOrDefault(leg => leg.TryGetProperty("error", out _)) is { ValueKind: JsonValueKind.Object } failed)
        {
            throw ElasticErrors.From(connection.Address, failed.GetProperty("status").GetInt32(), Encoding.UTF8.GetBytes(failed.GetRawText()));
        }

        var nearest = ElasticCandidateSource.Ranked(
            Fused([.. legs.Take(clauses.Count).Select(Hits)], clauses).Select(pair => (pair.Key, pair.Value)), request.Count);
        if (lexical)
        {
            var words = ElasticCandidateSource.Ranked(Hits(legs[^1]), request.Count);
            var fused = LegFusion.Fuse<string>(
                nearest.ConvertAll(candidate => (candidate.Id, candidate.Score)),
                words.ConvertAll(candidate => (candidate.Id, candidate.Score)), request.LexicalWeight);
            nearest = ElasticCandidateSource.Ranked(fused.Select(pair => (pair.Key, pair.Value)), request.Count);
        }

        return new RecallAnswer(nearest, legs.Select(ElasticCandidateSource.Partial).FirstOrDefault(partial => partial is not null));
    }

    /// <summary>Adds up the clauses; what a clause did not bring gets the last score it brought.</summary>
    internal static Dictionary<string, double> Fused(IReadOnlyList<List<(string Id, double Score)>> legs, IReadOnlyList<TokenClause> clauses)
    {
        var scores = new Dictionary<string, double>(StringComparer.Ordinal);
        var ground = 0.0;
        for (var leg = 0; leg < legs.Count; leg++)
        {
            if (legs[leg].Count == 0)
            {
                continue;
            }

            var last = legs[leg].Min(hit => hit.Score);
            ground += clauses[leg].Weight * ((2 * last) - 1);
            foreach (var (id, score) in legs[leg])
            {
                scores[id] = scores.GetValueOrDefault(id) + (clauses[leg].Weight * 2 * (score - last));
            }
        }

        foreach (var id in scores.Keys)
        {
            scores[id] += ground;
        }

        return scores;
    }

    private ReadOnlyMemory<byte> Body(RecallRequest request, IReadOnlyList<TokenClause> clauses, int each, bool lexical)
    {
        var body = new ArrayBufferWriter<byte>(clauses.Count * 2048);
        foreach (var clause in clauses)
        {
            body.Write("{}\n"u8);
            body.Write(ElasticBody.Write(json => WriteClause(json, request, clause, each)).Span);
            body.Write("\n"u8);
        }

        if (lexical)
        {
            body.Write("{}\n"u8);
            body.Write(ElasticBody.Write(json => ElasticQueries.WriteLexical(json, request)).Span);
            body.Write("\n"u8);
        }

        return body.WrittenMemory;
    }

    private void WriteClause(Utf8JsonWriter json, RecallRequest request, TokenClause clause, int each)
    {
        json.WriteStartObject();
        json.WriteStartObject("knn");
        json.WriteString("field", $"{ElasticFields.Centroids}.{ElasticFields.CentroidVector}");
        json.WriteStartArray("query_vector");
        foreach (var value in clause.Direction.Span)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
        json.WriteNumber("k", each);
        json.WriteNumber("num_candidates", ElasticQueries.NumCandidates(each, numCandidates));
        ElasticQueries.WriteFilter(json, request.Filters);
        json.WriteEndObject();
        ElasticQueries.WriteHitOptions(json, each);
        json.WriteEndObject();
    }

    // Without hits the answer's filter leaves out the member itself.
    private static List<(string Id, double Score)> Hits(JsonElement leg) =>
        leg.TryGetProperty("hits", out _) ? [.. ElasticCandidateSource.Hits(leg)] : [];
}

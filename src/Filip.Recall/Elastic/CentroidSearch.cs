using System.Buffers;
using System.Text.Json;
using Filip.Embeddings;

namespace Filip.Recall.Elastic;

/// <summary>Stage one over several vectors a picture: a kNN clause for each query token, in two rounds.</summary>
/// <remarks>
/// <para>The recall score is the mean over the query tokens of the largest dot product with any of the picture's vectors: late
/// interaction's own score with the picture's few vectors in place of its patches.</para>
/// <para>The first round asks each clause for its nearest pictures. In the server's sum of it a picture gets nothing for a token whose
/// clause did not bring it, which loses candidates (measured: of late interaction's ten, 0.81 are kept where the whole sum keeps
/// 0.94; see docs/recall.md). So the second round asks the same clauses again, among the pictures of the first alone: there each
/// clause brings them all, and the server's sum is whole.</para>
/// </remarks>
internal sealed class CentroidSearch(ElasticConnection connection, string path, ElasticIndexFacts index, IndexStamp stamp, int? numCandidates)
{
    private const int MostPictures = 10_000;

    // What each clause brings, in counts asked for: of late interaction's ten among 100 candidates, once keeps 0.87, twice 0.94, a scan of all 0.95.
    private const int Depth = 2;

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
        var (found, missing) = await FirstRoundAsync(request, clauses, cancellationToken);
        var words = string.IsNullOrWhiteSpace(request.LexicalText) ? null : request.LexicalText;
        if (found.Length == 0 && words is null)
        {
            return new RecallAnswer([], missing);
        }

        using var answer = await connection.AskAsync(
            ElasticQuestion.Post(path + "/_msearch", SecondRound(request, clauses, found, words is not null)), cancellationToken);
        using var json = answer.Json();
        var legs = RecallHits.Legs(json.RootElement, connection.Address);
        var whole = clauses.Sum(clause => clause.Weight);
        var nearest = found.Length == 0
            ? []
            : RecallHits.Ranked(
                RecallHits.Of(legs[0], index.Layout.Id).Select(hit => (hit.Id, (2 * hit.Score) - whole)), request.Count);
        if (words is not null)
        {
            var lexical = RecallHits.Ranked(RecallHits.Of(legs[^1], index.Layout.Id), request.Count);
            var fused = LegFusion.Fuse<string>(
                nearest.ConvertAll(candidate => (candidate.Id, candidate.Score)),
                lexical.ConvertAll(candidate => (candidate.Id, candidate.Score)), request.LexicalWeight);
            nearest = RecallHits.Ranked(fused.Select(pair => (pair.Key, pair.Value)), request.Count);
        }

        return new RecallAnswer(
            nearest, missing ?? legs.Select(RecallHits.Partial).FirstOrDefault(partial => partial is not null));
    }

    private async ValueTask<(string[] Ids, string? Partial)> FirstRoundAsync(
        RecallRequest request, IReadOnlyList<TokenClause> clauses, CancellationToken cancellationToken)
    {
        var each = Math.Min(MostPictures, request.Count * Depth);
        var body = ElasticBody.Write(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("knn");
            foreach (var clause in clauses)
            {
                WriteClause(json, clause, each, ElasticQueries.NumCandidates(each, numCandidates));
                ElasticQueries.WriteFilter(json, request.Filters, index, filledOnly: false);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            ElasticQueries.WriteHitOptions(json, Math.Min(MostPictures, each * clauses.Count), index.Layout);
            json.WriteEndObject();
        });
        using var answer = await connection.AskAsync(ElasticQuestion.Post(path + "/_search", body), cancellationToken);
        using var json = answer.Json();
        return ([.. RecallHits.Of(json.RootElement, index.Layout.Id).Select(hit => hit.Id)], RecallHits.Partial(json.RootElement));
    }

    private ReadOnlyMemory<byte> SecondRound(
        RecallRequest request, IReadOnlyList<TokenClause> clauses, string[] found, bool lexical)
    {
        var body = new ArrayBufferWriter<byte>(64 << 10);
        if (found.Length > 0)
        {
            body.Write("{}\n"u8);
            body.Write(ElasticBody.Write(json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("knn");
                foreach (var clause in clauses)
                {
                    // As many as the filter lets through: the server then looks at each of them instead of walking its graph.
                    WriteClause(json, clause, found.Length, MostPictures);
                    WriteAmong(json, found);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                ElasticQueries.WriteHitOptions(json, Math.Min(request.Count, found.Length), index.Layout);
                json.WriteEndObject();
            }).Span);
            body.Write("\n"u8);
        }

        if (lexical)
        {
            body.Write("{}\n"u8);
            body.Write(ElasticBody.Write(json => ElasticQueries.WriteLexical(json, request, index)).Span);
            body.Write("\n"u8);
        }

        return body.WrittenMemory;
    }

    // Left open for the filter.
    private static void WriteClause(Utf8JsonWriter json, TokenClause clause, int count, int candidates)
    {
        json.WriteStartObject();
        json.WriteString("field", $"{ElasticFields.Centroids}.{ElasticFields.CentroidVector}");
        json.WriteStartArray("query_vector");
        foreach (var value in clause.Direction.Span)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
        json.WriteNumber("k", count);
        json.WriteNumber("num_candidates", candidates);
        json.WriteNumber("boost", clause.Weight);
    }

    private static void WriteAmong(Utf8JsonWriter json, string[] ids)
    {
        json.WriteStartObject("filter");
        json.WriteStartObject("terms");
        json.WriteStartArray(ElasticFields.Id);
        foreach (var id in ids)
        {
            json.WriteStringValue(id);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }
}

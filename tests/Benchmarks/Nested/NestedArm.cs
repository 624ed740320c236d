using System.Numerics.Tensors;
using Filip.Embeddings;
using Filip.Embeddings.Pooling;
using Filip.Recall;
using Filip.Recall.Elastic;

namespace Filip.Benchmarks.Nested;

/// <summary>One way to ask stage one.</summary>
/// <param name="Name">For the table.</param>
/// <param name="AskAsync">The candidates of a query, best first.</param>
internal sealed record NestedArm(string Name, Func<EvaluationQuery, int, Task<IReadOnlyList<string>>> AskAsync)
{
    /// <summary>The ways that an index of this kind can be asked.</summary>
    public static IEnumerable<NestedArm> Of(PooledVectors kind, ElasticCandidateSource source, ElasticConnection connection)
    {
        if (!kind.IsSeveral)
        {
            yield return new NestedArm("the pooled vector", (query, count) => FindAsync(source, query, null, count));
            yield break;
        }

        yield return new NestedArm("a clause a token", (query, count) => FindAsync(source, query, query.Text.Tokens, count));
        yield return new NestedArm("four merged", (query, count) => FindAsync(source, query, Merged(query.Text.Tokens, 4), count));
        yield return new NestedArm("server's sum", (query, count) => SumAsync(connection, query.Text.Tokens, count));
    }

    private static async Task<IReadOnlyList<string>> FindAsync(ElasticCandidateSource source, EvaluationQuery query, EmbeddingMatrix? tokens, int count)
    {
        var answer = await source.FindAsync(new RecallRequest { Pooled = query.Text.Pooled, Tokens = tokens, Count = count }, default);
        return answer.Partial is null
            ? [.. answer.Candidates.Select(candidate => candidate.Id)]
            : throw new InvalidOperationException($"A search was partial ({answer.Partial}); its figures mean nothing.");
    }

    private static async Task<IReadOnlyList<string>> SumAsync(ElasticConnection connection, EmbeddingMatrix tokens, int count)
    {
        var body = ElasticBody.Write(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("knn");
            for (var token = 0; token < tokens.RowCount; token++)
            {
                json.WriteStartObject();
                json.WriteString("field", "centroids.vector");
                json.WriteStartArray("query_vector");
                foreach (var value in tokens.Row(token))
                {
                    json.WriteNumberValue(value);
                }

                json.WriteEndArray();
                json.WriteNumber("k", 2 * count);
                json.WriteNumber("num_candidates", Math.Max(100, 4 * count));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteNumber("size", count);
            json.WriteString("stored_fields", "_none_");
            json.WriteStartArray("docvalue_fields");
            json.WriteStringValue(ElasticFields.Id);
            json.WriteEndArray();
            json.WriteBoolean("track_total_hits", false);
            json.WriteEndObject();
        });
        using var answer = await connection.AskAsync(ElasticQuestion.Post(connection.Address.Index + "/_search", body), default);
        using var found = answer.Json();
        return [.. found.RootElement.GetProperty("hits").GetProperty("hits").EnumerateArray()
            .Select(hit => hit.GetProperty("fields").GetProperty(ElasticFields.Id)[0].GetString()!)];
    }

    // Rows that are sums: how long one is says how many tokens it stands for.
    private static EmbeddingMatrix Merged(EmbeddingMatrix tokens, int most)
    {
        if (tokens.RowCount <= most)
        {
            return tokens;
        }

        var centroids = PatchPooling.Of(tokens, default, PooledVectors.Centroids(most))!;
        var sums = new float[centroids.RowCount * tokens.Dimension];
        for (var row = 0; row < tokens.RowCount; row++)
        {
            var nearest = Enumerable.Range(0, centroids.RowCount).MaxBy(place => TensorPrimitives.Dot(tokens.Row(row), centroids.Row(place)));
            var sum = sums.AsSpan(nearest * tokens.Dimension, tokens.Dimension);
            TensorPrimitives.Add(sum, tokens.Row(row), sum);
        }

        return new EmbeddingMatrix(sums, tokens.Dimension);
    }
}

using Filip.Embeddings;
using Filip.Embeddings.Pooling;
using Filip.Indexer;
using Filip.Indexer.Elastic;
using Filip.Recall.Elastic;
using Filip.Testing.Contracts;

namespace Filip.Elastic.Tests;

/// <summary>Several vectors a picture: mapping, clauses, and what is refused.</summary>
public sealed class CentroidLayoutTests
{
    private static readonly IndexStamp s_several = PortContract.Stamp with { PooledVectors = PooledVectors.Centroids(3) };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void The_nested_field_is_there_only_where_the_stamp_asks()
    {
        var plain = ElasticTemplate.IndexBody(PortContract.Stamp, new ElasticIndexOptions(), replicas: 0)["mappings"]!;
        Assert.Null(plain["properties"]![ElasticFields.Centroids]);
        Assert.Null(plain["_meta"]!["filip"]!["pooled_vectors"]);
        var several = ElasticTemplate.IndexBody(s_several, new ElasticIndexOptions { VectorIndex = "int4_hnsw" }, replicas: 0)["mappings"]!;
        Assert.Equal("nested", several["properties"]![ElasticFields.Centroids]!["type"]!.ToString());
        var vector = several["properties"]![ElasticFields.Centroids]!["properties"]![ElasticFields.CentroidVector]!;
        Assert.Equal((s_several.PatchDimension, "int4_hnsw"), (vector["dims"]!.GetValue<int>(), vector["index_options"]!["type"]!.ToString()));
        Assert.Equal("centroids:3", several["_meta"]!["filip"]!["pooled_vectors"]!.ToString());
        Assert.Throws<ArgumentException>(() => ElasticTemplate.IndexBody(s_several with { PatchDimension = 4097 }, new ElasticIndexOptions(), replicas: 0));
    }

    [Fact]
    public void A_query_has_a_clause_a_token_and_of_very_many_tokens_the_nearest_are_merged()
    {
        var random = new Random(7);
        var few = Rows(random, TokenClauses.Most);
        var clauses = TokenClauses.Of(few);
        Assert.Equal(few.RowCount, clauses.Count);
        Assert.All(clauses, clause => Assert.Equal(1.0 / few.RowCount, clause.Weight, 1e-6));

        var many = Rows(random, 40);
        var merged = TokenClauses.Of(many);
        Assert.InRange(merged.Count, 2, TokenClauses.Most);
        var vector = Rows(random, 1).Row(0).ToArray();
        var mean = Enumerable.Range(0, 40).Average(row => Dot(many.Row(row), vector));
        Assert.Equal(mean, merged.Sum(clause => clause.Weight * Dot(clause.Direction.Span, vector)), 1e-5);
        Assert.All(merged, clause => Assert.Equal(1, Dot(clause.Direction.Span, clause.Direction.Span), 1e-5));
    }

    [Fact]
    public void A_zero_token_asks_for_nothing_and_zeros_alone_are_refused()
    {
        Assert.Equal(0.5, Assert.Single(TokenClauses.Of(new EmbeddingMatrix(new float[] { 0, 0, 0, 1 }, 2))).Weight);
        Assert.Throws<ArgumentException>(() => TokenClauses.Of(new EmbeddingMatrix(new float[4], 2)));
    }

    [Fact]
    public async Task A_second_run_of_another_kind_is_refused_and_pictures_without_their_vectors_are()
    {
        using var connection = RealElastic.Connect();
        try
        {
            await using (var sink = await ElasticImageSink.OpenAsync(connection, s_several, new ElasticSinkOptions(), null, Stop))
            {
                var good = new EmbeddingMatrix(new float[] { 1, 0, 0, 0, 0, 0, 0, 0 }, 8);
                ImageDocument[] documents =
                [
                    ContractDocuments.Make("good") with { Centroids = good },
                    ContractDocuments.Make("none"),
                    ContractDocuments.Make("short") with { Centroids = new EmbeddingMatrix(new float[] { 1, 0 }, 2) },
                    ContractDocuments.Make("long") with { Centroids = new EmbeddingMatrix(new float[] { 2, 0, 0, 0, 0, 0, 0, 0 }, 8) },
                    ContractDocuments.Make("many") with { Centroids = new EmbeddingMatrix(Enumerable.Repeat(good.Values.ToArray(), 4).SelectMany(row => row).ToArray(), 8) },
                ];
                var outcomes = await sink.WriteAsync(documents, Stop);
                Assert.Equal(["good"], outcomes.Where(outcome => outcome.Written).Select(outcome => outcome.Id));
                Assert.All(outcomes.Skip(1), outcome => Assert.Contains("centroids:3", outcome.Refusal, StringComparison.Ordinal));
                Assert.Equal(1, (await sink.CompleteAsync(Stop)).Pictures);
            }

            var error = await Assert.ThrowsAsync<StampMismatchException>(
                async () => await ElasticImageSink.OpenAsync(connection, PortContract.Stamp, new ElasticSinkOptions(), null, Stop));
            Assert.Contains("--pooled-vectors centroids:3", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(await ElasticVerifier.VerifyAsync(connection, Stop), finding => finding.Code == "FIELD_MISSING");
        }
        finally
        {
            await RealElastic.DropAsync(connection);
        }
    }

    private static EmbeddingMatrix Rows(Random random, int count) => new(
        Enumerable.Range(0, count).SelectMany(_ =>
        {
            float[] row = [.. Enumerable.Range(0, 8).Select(_ => random.NextSingle() - 0.5f)];
            var length = Math.Sqrt(Dot(row, row));
            return row.Select(value => (float)(value / length));
        }).ToArray(), 8);

    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
        {
            sum += (double)a[i] * b[i];
        }

        return sum;
    }
}

using System.Numerics.Tensors;
using System.Text.Json;
using Filip.Embeddings;
using Filip.Embeddings.Codecs;
using Filip.Embeddings.Models;
using Filip.Embeddings.Pooling;
using Filip.Embeddings.Towers;
using Filip.Indexer.Elastic;
using Filip.Indexer.Pipeline;
using Filip.Indexer.Sources;
using Filip.Recall;
using Filip.Recall.Elastic;
using Filip.Rerank.Elastic;
using Filip.Testing;

namespace Filip.Elastic.Tests;

/// <summary>The sample pictures through the real tower into a real index: what several vectors are for.</summary>
public sealed class CentroidRecallTests
{
    private const int Queries = 40;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Centroids_bring_more_of_late_interactions_ten_than_the_pooled_vector_and_score_as_a_scan_does()
    {
        using var connection = RealElastic.Connect();
        var letters = Path.GetTempFileName();
        try
        {
            var model = ModelFolder.Load(GoldenFiles.Models);
            var kind = PooledVectors.Centroids(8);
            await IndexAsync(connection, model, kind, letters);
            await using var source = await ElasticCandidateSource.OpenAsync(connection, null, Stop);
            var patches = await PatchesAsync(connection);
            var centroids = patches.ToDictionary(pair => pair.Key, pair => PatchPooling.Of(pair.Value, model.Grid, kind)!);
            var count = patches.Count / 12;
            using var tower = model.OpenTextTower(new TowerOptions { Device = TowerDevice.Cpu });
            var (kept, keptByPooled) = (0, 0);
            foreach (var line in File.ReadLines(Path.Combine(GoldenFiles.Samples, "queries.jsonl")).Take(Queries))
            {
                var query = (await tower.EncodeAsync([JsonElement.Parse(line).GetProperty("text").GetString()!], Stop))[0];
                var ten = patches.OrderByDescending(pair => Score(query.Tokens, pair.Value)).Take(10).Select(pair => pair.Key).ToHashSet();
                var request = new RecallRequest { Pooled = query.Pooled, Count = count };
                keptByPooled += (await source.FindAsync(request, Stop)).Candidates.Count(candidate => ten.Contains(candidate.Id));
                var answer = await source.FindAsync(request with { Tokens = query.Tokens }, Stop);
                Assert.Equal(count, answer.Candidates.Count);
                kept += answer.Candidates.Count(candidate => ten.Contains(candidate.Id));
                if (query.Tokens.RowCount <= 8)
                {
                    Assert.All(answer.Candidates, candidate => Assert.Equal(Score(query.Tokens, centroids[candidate.Id]), candidate.Score, 1e-4));
                }
            }

            TestContext.Current.TestOutputHelper?.WriteLine($"{kept} by centroids, {keptByPooled} by the pooled vector, of {10 * Queries}");
            Assert.True(kept > keptByPooled, $"Of {10 * Queries}, {kept} by centroids and {keptByPooled} by the pooled vector.");
            Assert.True(kept >= 0.8 * 10 * Queries, $"Only {kept} of {10 * Queries}.");
        }
        finally
        {
            File.Delete(letters);
            await RealElastic.DropAsync(connection);
        }
    }

    private static async Task IndexAsync(ElasticConnection connection, ModelFolder model, PooledVectors kind, string letters)
    {
        // Exact scores and exact records, so that a scan can be held against them.
        var stamp = model.StampFor(PatchCodec.F32) with { PooledVectors = kind };
        var layout = new ElasticSinkOptions { Index = new ElasticIndexOptions { VectorIndex = "flat" } };
        await using var sink = await ElasticImageSink.OpenAsync(connection, stamp, layout, null, Stop);
        using var tower = model.OpenImageTower(new TowerOptions { Device = TowerDevice.Cpu });
        var summary = await new IndexingJob(
            PictureSources.Open(Path.Combine(GoldenFiles.Samples, "manifest.jsonl")),
            new IndexingModel(tower, model.CreatePreprocessor(), model.Grid), sink,
            new IndexingOptions { DeadLetterFile = letters }).RunAsync(abort: Stop);
        Assert.Equal(0, summary.Failed);
    }

    private static async Task<Dictionary<string, EmbeddingMatrix>> PatchesAsync(ElasticConnection connection)
    {
        var ids = File.ReadLines(Path.Combine(GoldenFiles.Samples, "manifest.jsonl"))
            .Select(line => JsonElement.Parse(line).GetProperty("id").GetString()!).ToList();
        await using var store = new ElasticPatchStore(connection);
        using var batch = await store.FetchAsync(ids, Stop);
        return ids.Select((id, place) => (id, Rows: PatchRecord.Read(batch[place].Span).Decode())).ToDictionary(pair => pair.id, pair => pair.Rows);
    }

    private static double Score(EmbeddingMatrix tokens, EmbeddingMatrix rows) =>
        Enumerable.Range(0, tokens.RowCount).Average(token =>
        {
            var best = float.NegativeInfinity;
            for (var row = 0; row < rows.RowCount; row++)
            {
                best = Math.Max(best, TensorPrimitives.Dot(tokens.Row(token), rows.Row(row)));
            }

            return best;
        });
}

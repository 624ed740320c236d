using System.Text.Json;
using Filip.Embeddings;
using Filip.Embeddings.Codecs;
using Filip.Indexer;
using Filip.Indexer.Elastic;
using Filip.Recall;
using Filip.Recall.Elastic;
using Filip.Rerank.Elastic;

namespace Filip.Elastic.Tests;

/// <summary>Written through the sink, found through recall, fetched through the patch store.</summary>
public sealed class RoundTripTests
{
    private static readonly IndexStamp s_stamp = new(new string('a', 64), "test", 8, 4, PatchCodec.F32, "filip-t2i");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_sink_wrote_is_found_with_its_patches_and_fields()
    {
        using var connection = RealElastic.Connect();
        try
        {
            await using var sink = await ElasticImageSink.OpenAsync(connection, s_stamp, Exact(), null, Stop);
            var documents = Enumerable.Range(0, 50).Select(Document).ToList();
            var outcomes = await sink.WriteAsync(documents, Stop);
            Assert.All(outcomes, outcome => Assert.True(outcome.Written, outcome.Refusal));
            var summary = await sink.CompleteAsync(Stop);
            Assert.Equal(50, summary.Pictures);

            await using var source = await ElasticCandidateSource.OpenAsync(connection, null, Stop);
            Assert.Equal(s_stamp, source.Stamp);
            Assert.Equal(50, await source.CountAsync(Stop));
            var answer = await source.FindAsync(new RecallRequest { Pooled = documents[7].Pooled, Count = 3 }, Stop);
            Assert.Null(answer.Partial);
            Assert.Equal("pic/7 ü", answer.Candidates[0].Id);
            Assert.Equal(1, answer.Candidates[0].Score, 1e-5);

            await using var store = new ElasticPatchStore(connection);
            using var batch = await store.FetchAsync(["pic/3 ü", "nobody", "pic/7 ü", "pic/3 ü"], Stop);
            Assert.Equal(documents[3].PatchRecord.ToArray(), batch[0].ToArray());
            Assert.True(batch[1].IsEmpty);
            Assert.Equal(documents[7].PatchRecord.ToArray(), batch[2].ToArray());
            Assert.Equal(documents[3].PatchRecord.ToArray(), batch[3].ToArray());

            var fields = await source.GetFieldsAsync(["pic/4 ü", "nobody"], Stop);
            Assert.Equal("a picture of 4", Assert.Single(fields).Value.Caption);
        }
        finally
        {
            await RealElastic.DropAsync(connection);
        }
    }

    // The graph finds everything in an index as small as this; its scores are exact, unlike those of the int8 kinds.
    private static ElasticSinkOptions Exact() => new() { Index = new ElasticIndexOptions { VectorIndex = "hnsw" } };

    private static ImageDocument Document(int number)
    {
        var angle = number * 0.1f;
        return new ImageDocument
        {
            Id = $"pic/{number} ü",
            ContentHash = $"hash-{number}",
            Pooled = new[] { MathF.Cos(angle), MathF.Sin(angle), 0, 0 },
            PatchRecord = Enumerable.Range(0, 3000).Select(i => (byte)(i * number)).ToArray(),
            Caption = $"a picture of {number}",
            Attributes = new Dictionary<string, JsonElement> { ["n"] = JsonSerializer.SerializeToElement(number) },
        };
    }
}

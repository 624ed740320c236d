using System.Text;
using System.Text.Json;
using Filip.Elastic.Tests.Attach;
using Filip.Embeddings.Codecs;
using Filip.Embeddings.Models;
using Filip.Indexer;
using Filip.Indexer.Elastic;
using Filip.Rerank.DropIn;
using Filip.Testing;

namespace Filip.Elastic.Tests.DropIn;

/// <summary>The drop-in route over an attached index: the patches are found where they stand there, beside a field of the user's that has our old name.</summary>
[Collection(DropInServer.Collection)]
public sealed class AttachedDropInTests(DropInServer server)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hits_of_an_attached_index_are_scored_as_those_of_an_own_one()
    {
        _ = RealElastic.Url;
        var ids = server.Ids.Take(8).ToList();
        var query = JsonSerializer.Serialize(ids);
        var stored = await Page.AskAsync(
            server.Direct, server.Pictures, $$$"""{"size":20,"query":{"ids":{"values":{{{query}}}}},"stored_fields":["patches"]}""");
        var records = stored.Hits.ToDictionary(Page.IdOf, hit => hit.GetProperty("fields").GetProperty("patches")[0].GetBytesFromBase64());
        await using var index = await UsersIndex.CreateAsync();
        await index.PutAsync([.. ids.Append("unfilled").Select(id => (id, """{"title":"boots","patches":"dGhlaXJz"}"""))]);
        var stamp = ModelFolder.Load(GoldenFiles.Models).StampFor(PatchCodec.F32);
        await using (var sink = await AttachedImageSink.OpenAsync(index.Connection, stamp, UsersIndex.Options(), null, Stop))
        {
            var outcomes = await sink.WriteAsync([.. ids.Select(id => new ImageDocument
            {
                Id = id,
                ContentHash = "x",
                Pooled = (float[])[1, .. new float[stamp.PooledDimension - 1]],
                PatchRecord = records[id],
            })], Stop);
            Assert.All(outcomes, outcome => Assert.Null(outcome.Refusal));
            await sink.CompleteAsync(Stop);
        }

        using var service = await server.StartAsync(server.Options(RealElastic.Url) with { Indices = [new DropInIndex(index.Name), new DropInIndex(server.Pictures)] });
        var ask = new StringBuilder().Append("{\"size\":20,\"query\":{\"ids\":{\"values\":").Append(query)
            .Append("}},\"_source\":{\"excludes\":[\"filip\"]},\"filip\":{\"query\":\"a yellow flower\"}}").ToString();
        var expected = await Page.AskAsync(service, server.Pictures, ask);
        var answer = await Page.AskAsync(service, index.Name, ask);
        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal(ids.Count, answer.Note.GetProperty("reranked").GetInt32());
        Assert.Equal(expected.Hits.Select(hit => (Page.IdOf(hit), Page.Score(hit))), answer.Hits.Select(hit => (Page.IdOf(hit), Page.Score(hit))));
        Assert.All(answer.Hits, hit => Assert.False(hit.GetProperty("_source").TryGetProperty("filip", out _)));

        var all = await Page.AskAsync(service, index.Name, """{"size":20,"_source":false,"filip":{"query":"a yellow flower"}}""");
        Assert.True(all.Status == 200, all.Text);
        Assert.Equal(ids.Append("unfilled").Order(), all.Hits.Select(Page.IdOf).Order());
    }
}

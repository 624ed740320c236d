using System.Text.Json.Nodes;
using Filip.Indexer;
using Filip.Indexer.Elastic;
using Filip.Recall.Elastic;
using Filip.Rerank.DropIn;
using Filip.Rerank.Elastic;

namespace Filip.Elastic.Tests.DropIn;

/// <summary>The route before a server with TLS and keys: who may search is Elasticsearch's to say.</summary>
[Collection(DropInServer.Collection)]
public sealed class SecureDropInTests(DropInServer server, SecureElastic secure)
{
    private const string Search = """{"size":3,"filip":{"query":"a yellow flower","window":10}}""";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_caller_sees_what_its_own_key_may_see_and_no_more()
    {
        _ = RealElastic.Url;
        await secure.NeedAsync();
        var index = $"dropin-{Guid.NewGuid():n}";
        using var administrator = secure.ConnectAsAdministrator(index);
        await FillAsync(administrator);
        foreach (var options in new[]
        {
            new DropInOptions { Address = secure.Address(index), CaFile = secure.CaFile },
            new DropInOptions { Address = secure.Address(index), CaFingerprint = secure.CaFingerprint },
        })
        {
            using var service = await server.StartAsync(options);
            var reader = await KeyAsync(index);
            var answer = await AskAsync(service, index, reader);
            Assert.True(answer.Status == 200, answer.Text);
            Assert.Equal((10, false), (answer.Note.GetProperty("reranked").GetInt32(), answer.Note.GetProperty("degraded").GetBoolean()));

            Assert.Equal(403, (await AskAsync(service, index, await KeyAsync("another"))).Status);
            Assert.Equal(401, (await AskAsync(service, index, "ApiKey bm86Ym9keQ==")).Status);
            Assert.Equal(401, (await AskAsync(service, index, null)).Status);
        }

        using var untrusting = await server.StartAsync(new DropInOptions { Address = secure.Address(index) });
        var refused = await AskAsync(untrusting, index, null);
        Assert.Equal((503, "application/problem+json"), (refused.Status, refused.ContentType));
        using var other = await server.StartAsync(new DropInOptions { Address = secure.Address(index), CaFingerprint = new string('A', 64) });
        Assert.Equal(503, (await AskAsync(other, index, null)).Status);
    }

    private static Task<Page> AskAsync(HttpClient service, string index, string? authorization) =>
        Page.AskAsync(service, index, Search, with: message =>
        {
            if (authorization is not null)
            {
                Assert.True(message.Headers.TryAddWithoutValidation("Authorization", authorization));
            }
        });

    private async Task FillAsync(ElasticConnection administrator)
    {
        using var plain = new ElasticConnection(ElasticAddress.Parse($"{RealElastic.Url}/{server.Pictures}"));
        await using var store = new ElasticPatchStore(plain);
        var ids = server.Ids.Take(10).ToList();
        using var records = await store.FetchAsync(ids, Stop);
        await using var sink = await ElasticImageSink.OpenAsync(administrator, server.Engine.Stamp, new ElasticSinkOptions(), null, Stop);
        var pooled = new float[server.Engine.Stamp.PooledDimension];
        pooled[0] = 1;
        var outcomes = await sink.WriteAsync(
            [.. ids.Select((id, i) => new ImageDocument
            {
                Id = id,
                ContentHash = $"hash-{i}",
                Pooled = pooled,
                PatchRecord = records[i].ToArray(),
                Caption = "a picture",
            })], Stop);
        Assert.All(outcomes, outcome => Assert.True(outcome.Written, outcome.Refusal));
        await sink.CompleteAsync(Stop);
    }

    private async Task<string> KeyAsync(string index)
    {
        var key = await secure.KeyAsync(new JsonObject
        {
            ["indices"] = new JsonArray(new JsonObject { ["names"] = new JsonArray(index), ["privileges"] = new JsonArray("read") }),
        });
        return $"ApiKey {key.ApiKey}";
    }
}

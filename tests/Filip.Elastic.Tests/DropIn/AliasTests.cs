using System.Text;
using System.Text.Json;
using Filip.Rerank.DropIn;

namespace Filip.Elastic.Tests.DropIn;

/// <summary>An alias may span indices that hold the same ids: each hit is scored by the patches of its own index.</summary>
[Collection(DropInServer.Collection)]
public sealed class AliasTests(DropInServer server)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hits_of_the_same_id_are_scored_by_their_own_indexs_patches()
    {
        _ = RealElastic.Url;
        var (other, both, ids) = (server.Pictures + "-swapped", server.Pictures + "-both", server.Ids.Take(6).ToList());
        var stored = await Page.AskAsync(
            server.Direct, server.Pictures, $$$"""{"query":{"ids":{"values":{{{JsonSerializer.Serialize(ids)}}}}},"stored_fields":["patches"]}""");
        var records = stored.Hits.ToDictionary(Page.IdOf, hit => hit.GetProperty("fields").GetProperty("patches")[0].GetString()!);
        try
        {
            await SendAsync(HttpMethod.Put, other, """{"mappings":{"properties":{"patches":{"type":"binary","store":true}}}}""");
            for (var i = 0; i < ids.Count; i++)
            {
                await SendAsync(
                    HttpMethod.Put, $"{other}/_doc/{Uri.EscapeDataString(ids[i])}?refresh=true",
                    $$"""{"patches":"{{records[ids[^(i + 1)]]}}"}""");
            }

            var generation = stored.Hits[0].GetProperty("_index").GetString();
            await SendAsync(
                HttpMethod.Post, "_aliases",
                $$$"""{"actions":[{"add":{"index":"{{{generation}}}","alias":"{{{both}}}"}},{"add":{"index":"{{{other}}}","alias":"{{{both}}}"}}]}""");
            using var service = await server.StartAsync(server.Options(RealElastic.Url) with { Indices = [new DropInIndex(both)] });
            var answer = await Page.AskAsync(
                service, both,
                $$$"""{"size":20,"query":{"ids":{"values":{{{JsonSerializer.Serialize(ids)}}}}},"_source":false,"filip":{"query":"a yellow flower"}}""");
            Assert.True(answer.Status == 200, answer.Text);
            Assert.Equal((2 * ids.Count, 2 * ids.Count), (answer.Hits.Count, answer.Note.GetProperty("reranked").GetInt32()));
            var scores = answer.Hits.ToDictionary(hit => (hit.GetProperty("_index").GetString(), Page.IdOf(hit)), hit => Page.Score(hit));
            for (var i = 0; i < ids.Count; i++)
            {
                Assert.Equal(scores[(generation, ids[^(i + 1)])], scores[(other, ids[i])]);
            }

            Assert.True(scores.Values.Distinct().Count() > 1);
        }
        finally
        {
            (await server.Direct.DeleteAsync(new Uri(other, UriKind.Relative), Stop)).Dispose();
        }
    }

    private async Task SendAsync(HttpMethod method, string path, string body)
    {
        using var message = new HttpRequestMessage(method, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        using var answer = await server.Direct.SendAsync(message, Stop);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Stop));
    }
}

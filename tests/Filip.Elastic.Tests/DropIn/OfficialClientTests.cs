using System.Text.Json;
using Elastic.Clients.Elasticsearch;
using Elastic.Transport;
using HttpMethod = Elastic.Transport.HttpMethod;

namespace Filip.Elastic.Tests.DropIn;

/// <summary>The official client, with its defaults, unchanged but for the URL.</summary>
[Collection(DropInServer.Collection)]
public sealed class OfficialClientTests(DropInServer server)
{
    private readonly string _skips = RealElastic.Url;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Typed_searches_are_answered_as_by_Elasticsearch()
    {
        Assert.NotNull(_skips);
        var direct = await AskAsync(new Uri(RealElastic.Url));
        var passed = await AskAsync(server.Service.BaseAddress!);
        Assert.Equal(direct, passed);

        async Task<List<string>> AskAsync(Uri url)
        {
            var client = Client(url);
            List<string> said = [];
            foreach (var request in Requests())
            {
                var answer = await client.SearchAsync<JsonElement>(request, Stop);
                Assert.True(answer.IsValidResponse, answer.DebugInformation);
                said.AddRange(answer.Hits.Select(hit => $"{hit.Id} {hit.Score} {hit.Source}"));
                said.Add($"{answer.Total} {answer.MaxScore} {answer.Aggregations?.Count}");
                if (answer.Aggregations?.GetStringTerms("colours") is { } terms)
                {
                    said.AddRange(terms.Buckets.Select(bucket => $"{bucket.Key} {bucket.DocCount}"));
                }
            }

            return said;
        }
    }

    [Fact]
    public async Task A_typed_answer_is_read_with_the_member_too_though_the_client_packs_its_bodies()
    {
        var client = Client(server.Service.BaseAddress!);
        var answer = await client.Transport.RequestAsync<SearchResponse<JsonElement>>(
            new EndpointPath(HttpMethod.POST, $"/{server.Pictures}/_search?typed_keys=true"),
            PostData.String("""{"size":5,"query":{"match_all":{}},"filip":{"query":"a yellow flower","window":50}}"""),
            null, null, Stop);
        Assert.True(answer.IsValidResponse, answer.DebugInformation);
        Assert.Equal(5, answer.Hits.Count);
        Assert.Equal(answer.Hits.Select(hit => hit.Score!.Value).OrderDescending(), answer.Hits.Select(hit => hit.Score!.Value));
        Assert.All(answer.Hits, hit => Assert.Contains("filip.recall_rank", hit.Fields!.Keys));
    }

    private static ElasticsearchClient Client(Uri url) => new(new ElasticsearchClientSettings(url).EnableHttpCompression());

    private IEnumerable<SearchRequest> Requests()
    {
        yield return new SearchRequest(server.Shop) { Size = 5 };
        yield return new SearchRequest(server.Shop)
        {
            Query = new global::Elastic.Clients.Elasticsearch.QueryDsl.MatchQuery("title", "yellow picture"),
            From = 2,
            Size = 3,
        };
        yield return new SearchRequest(server.Shop)
        {
            Size = 1,
            Aggregations = new Dictionary<string, global::Elastic.Clients.Elasticsearch.Aggregations.Aggregation>
            {
                ["colours"] = new global::Elastic.Clients.Elasticsearch.Aggregations.TermsAggregation { Field = "colour" },
            },
        };
        yield return new SearchRequest(server.Pictures) { Size = 5, TrackTotalHits = new global::Elastic.Clients.Elasticsearch.Core.Search.TrackHits(true) };
    }
}

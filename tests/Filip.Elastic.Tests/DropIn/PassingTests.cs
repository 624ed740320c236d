using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;

namespace Filip.Elastic.Tests.DropIn;

/// <summary>Searches without the member: what Elasticsearch answers is what the caller gets.</summary>
[Collection(DropInServer.Collection)]
public sealed class PassingTests(DropInServer server)
{
    private readonly string _skips = RealElastic.Url;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Names => Searches.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_search_without_the_member_is_answered_as_by_Elasticsearch_itself(string name)
    {
        Assert.NotNull(_skips);
        var direct = await Page.AskAsync(server.Direct, server.Shop, Searches.All[name]);
        var passed = await Page.AskAsync(server.Service, server.Shop, Searches.All[name]);
        Assert.Equal(name.StartsWith("bad", StringComparison.Ordinal), direct.Status >= 400);
        Assert.Equal(direct.Status, passed.Status);
        Assert.Equal(direct.Timeless, passed.Timeless);
        Assert.Equal(direct.ContentType, passed.ContentType);
        Assert.Equal("Elasticsearch", passed.Product);
    }

    [Theory]
    [InlineData("?pretty&human")]
    [InlineData("?size=2&from=1&sort=price:desc")]
    [InlineData("?q=title:yellow%20OR%20colour:%22red%22&_source=title&filter_path=hits.hits._source")]
    [InlineData("?typed_keys=true&rest_total_hits_as_int=true")]
    [InlineData("?format=yaml")]
    [InlineData("?no_such_parameter=1")]
    public async Task Parameters_of_the_URL_pass(string query)
    {
        var direct = await Page.AskAsync(server.Direct, server.Shop + query, "{}");
        var passed = await Page.AskAsync(server.Service, server.Shop + query, "{}");
        Assert.Equal((direct.Status, direct.ContentType), (passed.Status, passed.ContentType));
        Assert.Equal(direct.Timeless.Split('\n').Where(line => !line.StartsWith("took", StringComparison.Ordinal)),
            passed.Timeless.Split('\n').Where(line => !line.StartsWith("took", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("application/vnd.elasticsearch+json;compatible-with=9", "application/vnd.elasticsearch+json;compatible-with=9")]
    [InlineData("application/json; charset=UTF-8", "application/json")]
    [InlineData("application/json", "application/cbor")]
    [InlineData("application/json", "application/smile")]
    [InlineData("text/plain", "application/json")]
    [InlineData("application/vnd.elasticsearch+json;compatible-with=9", "application/json")]
    public async Task Media_types_are_those_of_Elasticsearch(string contentType, string accept)
    {
        void Accept(HttpRequestMessage message) => message.Headers.TryAddWithoutValidation("Accept", accept);
        var direct = await Page.AskAsync(server.Direct, server.Shop, "{}", contentType, Accept);
        var passed = await Page.AskAsync(server.Service, server.Shop, "{}", contentType, Accept);
        Assert.Equal((direct.Status, direct.ContentType), (passed.Status, passed.ContentType));
        Assert.Equal("Elasticsearch", passed.Product);
    }

    [Fact]
    public async Task A_packed_answer_passes_packed()
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, server.Shop + "/_search");
        message.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        using var response = await server.Service.SendAsync(message, Stop);
        Assert.Equal(["gzip"], response.Content.Headers.ContentEncoding);
        await using var unpacked = new GZipStream(await response.Content.ReadAsStreamAsync(Stop), CompressionMode.Decompress);
        using var reader = new StreamReader(unpacked);
        Assert.Contains("\"hits\"", await reader.ReadToEndAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_GET_with_a_body_is_a_search_too()
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, server.Shop + "/_search")
        {
            Content = new StringContent("""{"query":{"term":{"colour":"red"}},"size":1}""", Encoding.UTF8, "application/json"),
        };
        using var response = await server.Service.SendAsync(message, Stop);
        Assert.Contains("\"colour\":\"red\"", await response.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "{0}/_bulk", 404)]
    [InlineData("POST", "_search", 404)]
    [InlineData("GET", "_cat/indices", 404)]
    [InlineData("GET", "{0}/_doc/1", 404)]
    [InlineData("POST", "{0},{0}/_search", 404)]
    [InlineData("POST", "*/_search", 404)]
    [InlineData("POST", "_all/_search", 404)]
    [InlineData("POST", "%2A/_search", 404)]
    [InlineData("POST", "{0}%2F_delete_by_query/_search", 404)]
    [InlineData("DELETE", "{0}/_search", 405)]
    [InlineData("PUT", "{0}/_search", 405)]
    public async Task Nothing_but_a_search_of_a_configured_index_passes(string method, string path, int status)
    {
        using var message = new HttpRequestMessage(
            new HttpMethod(method), string.Format(System.Globalization.CultureInfo.InvariantCulture, path, server.Shop));
        using var response = await server.Service.SendAsync(message, Stop);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }
}

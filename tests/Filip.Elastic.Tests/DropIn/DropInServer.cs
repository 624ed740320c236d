using System.Text;
using System.Text.Json;
using Filip.Embeddings.Codecs;
using Filip.Embeddings.Models;
using Filip.Embeddings.Towers;
using Filip.Indexer.Elastic;
using Filip.Indexer.Pipeline;
using Filip.Indexer.Sources;
using Filip.Recall.Elastic;
using Filip.Rerank.DropIn;
using Filip.Rerank.Elastic;
using Filip.Rerank.Search;
using Filip.Rerank.Service;
using Filip.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Filip.Elastic.Tests.DropIn;

/// <summary>
/// A third of the samples in a real Elasticsearch, a shop's own index beside it with fields of its own and the same ids,
/// and the real service before both; made once a run.
/// </summary>
public sealed class DropInServer : IAsyncLifetime
{
    public const string Collection = "drop-in";

    private static readonly string[] s_colours = ["yellow", "red", "blue", "green", "black"];

    private readonly List<WebApplication> _services = [];
    private ElasticConnection? _connection;
    private OnnxTextEncoder? _text;

    /// <summary>Ids of the pictures, as the manifest names them.</summary>
    public IReadOnlyList<string> Ids { get; private set; } = [];

    /// <summary>Alias of the pictures' index, which has the patches; one document in it has none.</summary>
    public string Pictures => _connection!.Address.Index;

    /// <summary>The shop's index; no document in it has patches.</summary>
    public string Shop => Pictures + "-shop";

    public SearchEngine Engine { get; private set; } = null!;

    /// <summary>The service before both indices.</summary>
    public HttpClient Service { get; private set; } = null!;

    /// <summary>Elasticsearch itself.</summary>
    public HttpClient Direct { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("FILIP_TEST_ELASTICSEARCH")))
        {
            return; // each test says that it is skipped
        }

        _connection = RealElastic.Connect();
        var model = ModelFolder.Load(GoldenFiles.Models);
        var stamp = model.StampFor(PatchCodec.F32);
        await using (var sink = await ElasticImageSink.OpenAsync(_connection, stamp, new ElasticSinkOptions(), null, default))
        {
            using var images = model.OpenImageTower(new TowerOptions { Device = TowerDevice.Cpu });
            var job = new IndexingJob(
                new JsonlSource(Path.Combine(GoldenFiles.Samples, "manifest.jsonl")),
                new IndexingModel(images, model.CreatePreprocessor(), PatchGrid.None),
                sink,
                new IndexingOptions { Shard = new Shard(1, 3), DeadLetterFile = Path.GetTempFileName() });
            var summary = await job.RunAsync(progress: null, default, default);
            Assert.Equal(0, summary.Failed);
        }

        Direct = new HttpClient { BaseAddress = new Uri(RealElastic.Url + "/") };
        await SendAsync("PUT", $"{Pictures}/_doc/no-patches?refresh=true", """{"id":"no-patches","caption":"a yellow flower"}""");
        Ids = await IdsAsync();
        await FillShopAsync();

        _text = model.OpenTextTower(new TowerOptions { Device = TowerDevice.Cpu });
        Engine = new SearchEngine(new SearchEngineParts
        {
            TextEncoder = _text,
            CandidateSource = await ElasticCandidateSource.OpenAsync(_connection, null, default),
            PatchStore = new ElasticPatchStore(_connection),
            RunningStamp = stamp,
            Options = new SearchOptions { Deadline = TimeSpan.FromSeconds(30) }, // what is late is a test of its own
        });
        Service = await StartAsync(Options(RealElastic.Url));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services)
        {
            await service.StopAsync();
            await service.DisposeAsync();
        }

        _text?.Dispose();
        if (_connection is not null && Direct is not null)
        {
            await SendAsync("DELETE", Shop, null);
            await RealElastic.DropAsync(_connection);
            _connection.Dispose();
        }
    }

    /// <summary>Options for both indices at an Elasticsearch's address.</summary>
    public DropInOptions Options(string url) => new()
    {
        Address = ElasticAddress.Parse($"{url}/{Pictures}"),
        Indices = [new DropInIndex(Pictures), new DropInIndex(Shop, Pictures)],
    };

    /// <summary>Another service over the same engine.</summary>
    public async Task<HttpClient> StartAsync(DropInOptions options, ApiKeys? keys = null)
    {
        var app = FilipServer.Create(new FilipServerOptions
        {
            Engine = Engine,
            Url = "http://127.0.0.1:0",
            Keys = keys ?? ApiKeys.None,
            LogLevel = LogLevel.Critical,
            MaxDeadline = TimeSpan.FromSeconds(60),
        });
        app.MapDropIn(options);
        await app.StartAsync();
        _services.Add(app);
        return new HttpClient { BaseAddress = new Uri(FilipServer.UrlOf(app) + "/") };
    }

    private async Task FillShopAsync()
    {
        await SendAsync("PUT", Shop, """
            {"mappings":{"properties":{"title":{"type":"text"},"colour":{"type":"keyword"},"price":{"type":"integer"},
             "tags":{"type":"nested","properties":{"name":{"type":"keyword"},"weight":{"type":"integer"}}}}}}
            """);
        var bulk = new StringBuilder();
        for (var i = 0; i < 60; i++)
        {
            var (colour, id) = (s_colours[i % s_colours.Length], JsonSerializer.Serialize(Ids[i]));
            bulk.Append("{\"index\":{\"_id\":").Append(id).Append("}}\n");
            bulk.Append(
                $$"""{"title":"a {{colour}} picture number {{i}}","colour":"{{colour}}","price":{{(i * 7) % 50}},"big":1.50e3,"tags":[{"name":"t{{i % 4}}","weight":{{i}}},{"name":"all","weight":1}]}""")
                .Append('\n');
        }

        await SendAsync("POST", Shop + "/_bulk?refresh=true", bulk.ToString());
    }

    private async Task<IReadOnlyList<string>> IdsAsync()
    {
        using var answer = await Direct.GetAsync(new Uri($"{Pictures}/_search?size=1000&_source=false&sort=id", UriKind.Relative));
        var hits = JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("hits").GetProperty("hits");
        List<string> ids = [.. hits.EnumerateArray().Select(hit => hit.GetProperty("_id").GetString()!).Where(id => id != "no-patches")];
        Assert.True(ids.Count > 60, $"The samples gave {ids.Count} pictures; these tests want more than 60.");
        return ids;
    }

    private async Task SendAsync(string method, string path, string? body)
    {
        using var message = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"),
        };
        using var answer = await Direct.SendAsync(message);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}

/// <summary>Tests that share the server run one after another.</summary>
[CollectionDefinition(DropInServer.Collection)]
public sealed class DropInTests : ICollectionFixture<DropInServer>;

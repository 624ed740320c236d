using System.Text;
using System.Text.Json;
using Filip.Indexer.Elastic;
using Filip.Recall.Elastic;
using Filip.Testing.Contracts;

namespace Filip.Elastic.Tests.Attach;

/// <summary>An index as its user has made it, with a mapping and documents of their own, on the real server.</summary>
internal sealed class UsersIndex : IAsyncDisposable
{
    /// <summary>A shop's mapping: words with and without keyword, a vector of its own, and members of <c>_meta</c> that are not ours.</summary>
    public const string Shop = """
        {
          "settings": {"index": {"refresh_interval": "17s", "number_of_replicas": 0}},
          "mappings": {
            "_meta": {"owner": {"team": "shop"}, "tags": [1, 2]},
            "date_detection": false,
            "properties": {
              "image_path": {"type": "keyword"},
              "title": {"type": "text"},
              "brand": {"type": "text", "fields": {"raw": {"type": "keyword"}}},
              "colour": {"type": "keyword"},
              "price": {"type": "float"},
              "stock": {"type": "integer"},
              "sold": {"type": "boolean"},
              "since": {"type": "date"},
              "patches": {"type": "binary", "store": true},
              "more": {"type": "flattened"},
              "offers": {"type": "nested", "properties": {"shop": {"type": "keyword"}}},
              "own": {"type": "dense_vector", "dims": 3, "index": true, "similarity": "l2_norm"},
              "maker": {"properties": {"name": {"type": "keyword"}, "own": {"type": "dense_vector", "dims": 3, "index": false}}}
            }
          }
        }
        """;

    private readonly ElasticConnection _connection = RealElastic.Connect();

    /// <summary>The index, named without alias.</summary>
    public ElasticConnection Connection => _connection;

    public string Name => _connection.Address.Index;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Makes it.</summary>
    public static async Task<UsersIndex> CreateAsync(string body = Shop)
    {
        var index = new UsersIndex();
        await index.AskAsync("PUT", index.Name, body);
        return index;
    }

    /// <summary>Puts documents of the user's, as JSON by id, and makes them findable.</summary>
    public async Task PutAsync(params (string Id, string Json)[] documents)
    {
        foreach (var (id, json) in documents)
        {
            await AskAsync("PUT", $"{Name}/_doc/{Uri.EscapeDataString(id)}?refresh=true", json);
        }
    }

    /// <summary>The <c>_source</c> of a document, vectors too; null where there is none.</summary>
    public async Task<JsonElement?> SourceAsync(string id)
    {
        using var answer = await _connection.AskAsync(
            ElasticQuestion.Get($"{Name}/_doc/{Uri.EscapeDataString(id)}?_source_exclude_vectors=false") with { MayBeMissing = true }, Stop);
        using var json = answer.Json();
        return json.RootElement.TryGetProperty("_source", out var source) ? source.Clone() : null;
    }

    /// <summary>An answer of the server's as JSON.</summary>
    public async Task<JsonElement> AskAsync(string method, string path, string body = "")
    {
        using var answer = await _connection.AskAsync(new ElasticQuestion(method, path, Encoding.UTF8.GetBytes(body)), Stop);
        using var json = answer.Json();
        return json.RootElement.Clone();
    }

    /// <summary>The sink that fills it.</summary>
    public async ValueTask<AttachedImageSink> AttachAsync(AttachOptions? attach = null) =>
        await AttachedImageSink.OpenAsync(_connection, PortContract.Stamp, Options(attach), null, Stop);

    /// <summary>Attaches, fills, and wants every document taken.</summary>
    public async Task FillAsync(params string[] ids)
    {
        await using var sink = await AttachAsync();
        Assert.All(await sink.WriteAsync([.. ids.Select(id => ContractDocuments.Make(id))], Stop), outcome => Assert.Null(outcome.Refusal));
        await sink.CompleteAsync(Stop);
    }

    /// <summary>The options of a sink that attaches, with exact scores.</summary>
    public static ElasticSinkOptions Options(AttachOptions? attach = null) => new()
    {
        Index = new ElasticIndexOptions { VectorIndex = "flat" },
        Attach = attach ?? new AttachOptions(),
    };

    public async ValueTask DisposeAsync()
    {
        using (await _connection.AskAsync(new ElasticQuestion("DELETE", Name) { MayBeMissing = true }, default))
        {
        }

        _connection.Dispose();
    }
}

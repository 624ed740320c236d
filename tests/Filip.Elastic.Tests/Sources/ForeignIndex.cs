using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Filip.Indexer.Elastic;
using Filip.Indexer.Sources;
using Filip.Recall.Elastic;

namespace Filip.Elastic.Tests.Sources;

/// <summary>An index of somebody else's on the real server, removed with the test.</summary>
internal sealed class ForeignIndex : IAsyncDisposable
{
    private readonly List<string> _others = [];

    public ForeignIndex() => Connection = RealElastic.Connect();

    public ElasticConnection Connection { get; }

    public string Name => Connection.Address.Index;

    /// <summary>Its address as a source on the target's cluster.</summary>
    public string Source(string parameters) => $"es://{Connection.Address.Nodes[0].Authority}/{Name}?{parameters}";

    /// <summary>Makes an index of that name, or another one with the name before its own.</summary>
    public async Task MakeAsync(string mappings = "{}", int shards = 1, string suffix = "", string aliases = "{}")
    {
        await AskAsync("PUT", Name + suffix, $$$$$$"""
            {"settings":{"number_of_shards":{{{{{{shards}}}}}},"number_of_replicas":0},"mappings":{{{{{{mappings}}}}}},"aliases":{{{{{{aliases}}}}}}}
            """);
        _others.Add(Name + suffix);
    }

    /// <summary>Puts documents there: id and JSON.</summary>
    public async Task PutAsync(IEnumerable<(string Id, string Json)> documents, string suffix = "")
    {
        var bulk = new StringBuilder();
        foreach (var (id, json) in documents)
        {
            bulk.Append("{\"index\":{\"_id\":").Append(JsonSerializer.Serialize(id)).Append("}}\n").Append(json).Append('\n');
        }

        Assert.False((await AskAsync("POST", Name + suffix + "/_bulk?refresh=true", bulk.ToString(), bulk: true))["errors"]!.GetValue<bool>());
    }

    public async Task<JsonNode> AskAsync(string method, string path, string? body = null, bool bulk = false)
    {
        using var answer = await Connection.AskAsync(
            new ElasticQuestion(method, path, body is null ? default : Encoding.UTF8.GetBytes(body)) { Bulk = bulk, MayBeMissing = method == "DELETE" }, default);
        return JsonNode.Parse(answer.Body.Span)!;
    }

    /// <summary>Everything that a listing gives.</summary>
    public async Task<List<SourceItem>> ListAsync(ElasticSourceOptions options)
    {
        var source = await ElasticSource.OpenAsync(Connection, options, null, TestContext.Current.CancellationToken);
        var items = new List<SourceItem>();
        await foreach (var item in source.ReadAsync(TestContext.Current.CancellationToken))
        {
            items.Add(item);
        }

        Assert.Equal(items.Count, await source.CountAsync(TestContext.Current.CancellationToken));
        return items;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var index in _others)
        {
            await AskAsync("DELETE", index);
        }

        Connection.Dispose();
    }
}

using System.Text;
using System.Text.Json.Nodes;
using Filip.Recall.Elastic;

namespace Filip.Elastic.Tests.Nodes;

/// <summary>A cluster of three real nodes that tests kill and start again; started by the first test that needs it.</summary>
public sealed class ThreeNodes : IAsyncDisposable
{
    public const string Collection = "three nodes";

    private readonly HashSet<int> _dead = [];
    private DirectoryInfo? _folder;
    private Uri[] _urls = [];

    /// <summary>All nodes, as an address names them.</summary>
    public string Hosts => string.Join(',', _urls.Select(url => url.Authority));

    /// <summary>Starts it where it can be started, else skips the test; brings back what an earlier test left dead.</summary>
    public async Task NeedAsync()
    {
        FixturePrograms.Need();
        if (_folder is null)
        {
            var folder = Directory.CreateTempSubdirectory("filip-nodes-");
            _urls = [.. (await FixturePrograms.RunAsync(3, "start", "--dir", folder.FullName, "--port", "0", "--nodes", "3", "--timeout", "300"))
                .Select(url => new Uri(url))];
            _folder = folder;
        }

        foreach (var node in _dead.ToList())
        {
            await RestartAsync(node);
        }

        await WaitAsync("green", TimeSpan.FromSeconds(120));
    }

    /// <summary>The address of an index there, with every node in it.</summary>
    public ElasticAddress Address(string index) => ElasticAddress.Parse($"http://{Hosts}/{index}");

    /// <summary>A connection over all nodes, as a user would make it.</summary>
    public ElasticConnection Connect(string index, ElasticOptions? options = null) => new(Address(index), new ElasticCredentials(), options);

    /// <summary>Kills a node, as a crash would.</summary>
    /// <param name="node">1, 2 or 3.</param>
    public async Task KillAsync(int node)
    {
        _dead.Add(node);
        await FixturePrograms.RunAsync(0, "kill-node", _folder!.FullName, $"{node}");
    }

    /// <summary>Starts a killed node on its old data, and waits until it is in the cluster again.</summary>
    /// <param name="node">1, 2 or 3.</param>
    public async Task RestartAsync(int node)
    {
        await FixturePrograms.RunAsync(1, "restart-node", _folder!.FullName, $"{node}");
        _dead.Remove(node);
    }

    /// <summary>Waits for a state of the cluster's health.</summary>
    public async Task WaitAsync(string health, TimeSpan patience)
    {
        var until = DateTime.UtcNow + patience;
        while (true)
        {
            try
            {
                var answer = await AskAsync("GET", $"_cluster/health?wait_for_status={health}&wait_for_no_relocating_shards=true&timeout=10s");
                if (!answer["timed_out"]!.GetValue<bool>())
                {
                    return;
                }
            }
            catch (ElasticException) when (DateTime.UtcNow < until)
            {
                // 408 while it waits, or the node asked is the dead one
            }

            Assert.True(DateTime.UtcNow < until, $"The cluster did not become {health} within {patience}.");
        }
    }

    /// <summary>The number of the node that holds a shard of an index.</summary>
    public async Task<int> NodeOfAsync(string index, bool primary = true)
    {
        var shards = (await AskAsync("GET", $"_cat/shards/{index}?format=json")).AsArray();
        return shards.Where(shard => shard!["prirep"]!.GetValue<string>() == (primary ? "p" : "r"))
            .Select(shard => int.Parse(shard!["node"]!.GetValue<string>()["node".Length..], System.Globalization.CultureInfo.InvariantCulture)).First();
    }

    /// <summary>Sends a body to whichever node answers.</summary>
    public async Task<JsonNode> AskAsync(string method, string path, string? body = null, bool bulk = false)
    {
        using var connection = Connect("any", new ElasticOptions { RequestTimeout = TimeSpan.FromSeconds(30), Retries = 4 });
        using var answer = await connection.AskAsync(
            new ElasticQuestion(method, path, body is null ? default : Encoding.UTF8.GetBytes(body)) { Bulk = bulk }, default);
        return JsonNode.Parse(answer.Body.Span)!;
    }

    public async ValueTask DisposeAsync()
    {
        if (_folder is not null)
        {
            await FixturePrograms.RunAsync(0, "stop", _folder.FullName, "--purge");
            _folder.Refresh();
            if (_folder.Exists)
            {
                _folder.Delete(recursive: true);
            }
        }
    }
}

/// <summary>Tests that share the cluster run one after another, because each kills its nodes.</summary>
[CollectionDefinition(ThreeNodes.Collection)]
public sealed class NodeTests : ICollectionFixture<ThreeNodes>;

using System.Text.Json.Nodes;
using Filip.Indexer;
using Filip.Indexer.Elastic;
using Filip.Indexer.Sources;
using Filip.Recall.Elastic;

namespace Filip.Elastic.Tests.Sources;

/// <summary>An index read with as little as may be, on a server with users and keys.</summary>
public sealed class SecureSourceTests(SecureElastic secure)
{
    private const string Index = "guarded-products";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_that_may_only_read_the_index_is_enough_and_another_is_refused()
    {
        await secure.NeedAsync();
        for (var i = 0; i < 5; i++)
        {
            await secure.AskAsync("PUT", $"{Index}/_doc/{i}?refresh=true", new JsonObject { ["path"] = $"{i}.jpg" });
        }

        foreach (var privileges in (string[][])[["read"], ["read", "view_index_metadata"]])
        {
            using var connection = secure.Connect(Index, await KeyAsync(Index, privileges));
            Assert.Equal(["0", "1", "2", "3", "4"], (await ListAsync(connection)).Order());
        }

        using var stranger = secure.Connect(Index, await KeyAsync("something-else", "read", "view_index_metadata"));
        var problem = await Assert.ThrowsAsync<SourceUnavailableException>(() => ListAsync(stranger));
        Assert.Equal(ExitCode.DependencyDown, ExitCode.For(problem));
        Assert.Contains("elastic/roles.md", problem.Message, StringComparison.Ordinal);
    }

    private static async Task<List<string>> ListAsync(ElasticConnection connection)
    {
        var source = await ElasticSource.OpenAsync(connection, new ElasticSourceOptions { PageSize = 2 }, null, Stop);
        List<string> ids = [];
        await foreach (var item in source.ReadAsync(Stop))
        {
            ids.Add(Assert.IsType<SourceItem.Named>(item).Entry.Id);
        }

        return ids;
    }

    private Task<ElasticCredentials> KeyAsync(string index, params string[] privileges) => secure.KeyAsync(new JsonObject
    {
        ["indices"] = new JsonArray(new JsonObject
        {
            ["names"] = new JsonArray(index),
            ["privileges"] = new JsonArray([.. privileges.Select(privilege => JsonValue.Create(privilege))]),
        }),
    });
}

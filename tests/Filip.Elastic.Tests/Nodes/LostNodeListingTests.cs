using System.Globalization;
using System.Text;
using Filip.Indexer;
using Filip.Indexer.Elastic;
using Filip.Indexer.Sources;

namespace Filip.Elastic.Tests.Nodes;

/// <summary>An index is read while a node that holds part of it is killed: whole, or a failure, never a short listing.</summary>
[Collection(ThreeNodes.Collection)]
public sealed class LostNodeListingTests(ThreeNodes nodes)
{
    private const int Documents = 3_000;

    private static readonly ElasticSourceOptions s_patient = new()
    {
        PageSize = 40,
        Patience = TimeSpan.FromMinutes(2),
        LongestPause = TimeSpan.FromSeconds(1),
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_listing_that_loses_a_node_goes_on_from_the_replicas_and_gives_every_id_once()
    {
        await nodes.NeedAsync();
        await FillAsync("replicated", replicas: 1);
        using var connection = nodes.Connect("replicated");
        var lost = 0;
        for (var victim = 1; victim <= 3 && lost == 0; victim++)
        {
            var source = await ElasticSource.OpenAsync(connection, s_patient, null, Stop);
            var ids = await ListAsync(source, Documents / 3, () => nodes.KillAsync(victim));
            ExpectEachOnce(ids);
            lost = source.PointsInTime - 1;
            Say($"node {victim} killed after {Documents / 3} of {Documents} documents: each given once, {source.PointsInTime} points in time");
            await nodes.RestartAsync(victim);
            await nodes.WaitAsync("green", TimeSpan.FromMinutes(2));
        }

        Assert.True(lost > 0, "No kill hit a node that the listing read from; nothing was shown.");
    }

    [Fact]
    public async Task A_listing_without_replicas_fails_while_the_node_stays_away()
    {
        await nodes.NeedAsync();
        await FillAsync("alone-away", replicas: 0);
        using var connection = nodes.Connect("alone-away");
        var source = await ElasticSource.OpenAsync(connection, s_patient with { Patience = TimeSpan.FromSeconds(2) }, null, Stop);
        var victim = await nodes.NodeOfAsync("alone-away");
        var problem = await Assert.ThrowsAsync<SourceUnavailableException>(
            () => ListAsync(source, Documents / 3, () => nodes.KillAsync(victim)));
        Assert.Equal(ExitCode.DependencyDown, ExitCode.For(problem));
        Assert.Contains("run the same command again", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listing_without_replicas_goes_on_when_the_node_is_back()
    {
        await nodes.NeedAsync();
        await FillAsync("alone-back", replicas: 0);
        using var connection = nodes.Connect("alone-back");
        var source = await ElasticSource.OpenAsync(connection, s_patient, null, Stop);
        var victim = await nodes.NodeOfAsync("alone-back");
        Task? back = null;
        var ids = await ListAsync(source, Documents / 3, async () =>
        {
            await nodes.KillAsync(victim);
            back = nodes.RestartAsync(victim);
        });
        await back!;
        ExpectEachOnce(ids);
        Assert.True(source.PointsInTime > 1);
        Say($"node {victim} killed and started again: each of {Documents} given once, {source.PointsInTime} points in time");
    }

    private static void ExpectEachOnce(List<string> ids) =>
        Assert.Equal(Enumerable.Range(0, Documents).Select(Id).Order(StringComparer.Ordinal), ids.Order(StringComparer.Ordinal));

    private static string Id(int number) => string.Create(CultureInfo.InvariantCulture, $"d{number}");

    private static void Say(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    private static async Task<List<string>> ListAsync(ElasticSource source, int after, Func<Task> strike)
    {
        List<string> ids = [];
        await foreach (var item in source.ReadAsync(Stop))
        {
            ids.Add(Assert.IsType<SourceItem.Named>(item).Entry.Id);
            if (ids.Count == after)
            {
                await strike();
            }
        }

        return ids;
    }

    private async Task FillAsync(string index, int replicas)
    {
        await nodes.AskAsync("PUT", index, $$$"""{"settings":{"number_of_shards":6,"number_of_replicas":{{{replicas}}},"refresh_interval":-1}}""");
        var bulk = new StringBuilder();
        for (var i = 0; i < Documents; i++)
        {
            bulk.Append(CultureInfo.InvariantCulture, $$$"""{"index":{"_id":"{{{Id(i)}}}"}}""").Append('\n')
                .Append(CultureInfo.InvariantCulture, $$"""{"path":"pictures/{{i}}.jpg"}""").Append('\n');
        }

        Assert.False((await nodes.AskAsync("POST", index + "/_bulk?refresh=true", bulk.ToString(), bulk: true))["errors"]!.GetValue<bool>());
        await nodes.WaitAsync("green", TimeSpan.FromMinutes(1));
    }
}

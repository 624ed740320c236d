using System.Globalization;
using System.Text;
using Filip.Indexer;
using Filip.Indexer.Elastic;
using Filip.Indexer.Sources;
using Filip.Recall.Elastic;

namespace Filip.Elastic.Tests.Nodes;

/// <summary>Indices are read while a node that holds part of them is killed: whole, or a failure, never a short listing.</summary>
[Collection(ThreeNodes.Collection)]
public sealed class LostNodeListingTests(ThreeNodes nodes)
{
    private const int Documents = 3_000;
    private const int BeforeTheKill = 1_000;

    private static readonly ElasticSourceOptions s_patient = new()
    {
        PageSize = 40,
        Patience = TimeSpan.FromMinutes(2),
        LongestPause = TimeSpan.FromSeconds(1),
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <remarks>One kill for all three, because a node's start costs more than all the rest.</remarks>
    [Fact]
    public async Task A_listing_that_loses_a_node_gives_every_id_once_or_fails()
    {
        await nodes.NeedAsync();
        await FillAsync("replicated", replicas: 1);
        await FillAsync("alone", replicas: 0);
        using var replicated = nodes.Connect("replicated");
        using var alone = nodes.Connect("alone");

        await using var withReplicas = await BeginAsync(replicated, s_patient);
        var victim = await ReadFromAsync();
        await using var hasty = await BeginAsync(alone, s_patient with { Patience = TimeSpan.FromSeconds(1) });
        await using var waiting = await BeginAsync(alone, s_patient);
        await nodes.KillAsync(victim);

        // With replicas: from another copy, at once.
        await withReplicas.FinishAsync();
        withReplicas.ExpectEachOnce();
        Assert.Equal(2, withReplicas.Source.PointsInTime);
        Say($"node {victim} killed after {BeforeTheKill} of {Documents}: with a replica each id once, 2 points in time");

        // Without, and the node stays away: a failure, by which nobody can think that the listing was whole.
        var problem = await Assert.ThrowsAsync<SourceUnavailableException>(hasty.FinishAsync);
        Assert.Equal(ExitCode.DependencyDown, ExitCode.For(problem));
        Assert.Contains("run the same command again", problem.Message, StringComparison.Ordinal);
        Assert.InRange(hasty.Ids.Count, BeforeTheKill, Documents - 1);
        Say($"without, node away: {hasty.Ids.Count} ids, then \"{problem.Message}\"");

        // Without, and the node comes back.
        var back = nodes.RestartAsync(victim);
        await waiting.FinishAsync();
        await back;
        waiting.ExpectEachOnce();
        Assert.True(waiting.Source.PointsInTime > 1);
        Say($"without, node started again: each id once, {waiting.Source.PointsInTime} points in time");
    }

    private static void Say(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    private static string Id(int number) => string.Create(CultureInfo.InvariantCulture, $"d{number}");

    private static async Task<Reading> BeginAsync(ElasticConnection connection, ElasticSourceOptions options)
    {
        var reading = new Reading(await ElasticSource.OpenAsync(connection, options, null, Stop));
        await reading.ReadAsync(BeforeTheKill);
        return reading;
    }

    // The number of a node on which the one open listing holds a context.
    private async Task<int> ReadFromAsync()
    {
        var stats = (await nodes.AskAsync("GET", "_nodes/stats/indices/search?filter_path=nodes.*.name,nodes.*.indices.search.open_contexts"))["nodes"]!;
        return stats.AsObject().Select(node => node.Value!)
            .Where(node => node["indices"]!["search"]!["open_contexts"]!.GetValue<long>() > 0)
            .Select(node => int.Parse(node["name"]!.GetValue<string>()["node".Length..], CultureInfo.InvariantCulture)).First();
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

    /// <summary>A listing on its way.</summary>
    private sealed class Reading(ElasticSource source) : IAsyncDisposable
    {
        private readonly IAsyncEnumerator<SourceItem> _items = source.ReadAsync(Stop).GetAsyncEnumerator(Stop);

        public ElasticSource Source => source;

        public List<string> Ids { get; } = [];

        public async Task ReadAsync(int count)
        {
            while (Ids.Count < count && await _items.MoveNextAsync())
            {
                Ids.Add(Assert.IsType<SourceItem.Named>(_items.Current).Entry.Id);
            }
        }

        public Task FinishAsync() => ReadAsync(int.MaxValue);

        public void ExpectEachOnce() => Assert.Equal(
            Enumerable.Range(0, Documents).Select(Id).Order(StringComparer.Ordinal), Ids.Order(StringComparer.Ordinal));

        public ValueTask DisposeAsync() => _items.DisposeAsync();
    }
}

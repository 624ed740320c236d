using System.Text.Json.Nodes;
using Filip.Elastic.Tests.Stub;
using Filip.Indexer;
using Filip.Indexer.Elastic;
using Filip.Indexer.Sources;

namespace Filip.Elastic.Tests.Sources;

/// <summary>Every way in which a page can be short or not come: the listing is whole all the same, or it fails.</summary>
public sealed class LostViewTests
{
    private const int Documents = 100;

    private static readonly ElasticSourceOptions s_options = new()
    {
        PageSize = 7,
        Patience = TimeSpan.FromMilliseconds(300),
        FirstPause = TimeSpan.FromMilliseconds(1),
        LongestPause = TimeSpan.FromMilliseconds(5),
    };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Losses => ["failed shard", "timed out", "fewer shards", "fewer documents", "view gone", "unavailable twice", "no search"];

    [Theory, MemberData(nameof(Losses))]
    public async Task A_view_that_is_lost_in_the_middle_costs_no_id(string loss)
    {
        await using var stub = await StubPointInTime.StartAsync(Documents);
        stub.OnPage = (page, whole) => page is 5 or 6 && (page == 5 || loss == "unavailable twice") ? Lose(loss, whole) : (200, whole);
        var (ids, source) = await ListAsync(stub);
        Assert.Equal(Enumerable.Range(0, Documents).Select(number => $"d{number}"), ids);
        Assert.Equal(loss == "no search" ? 1 : 2, source.PointsInTime);
        Assert.Equal(stub.Opened, stub.Closed);
    }

    // A view that has fewer shards from its first page on is another index, and whole.
    public static TheoryData<string> LastingLosses => [.. Losses.Select(row => row.Data).Where(loss => loss != "fewer shards")];

    [Theory, MemberData(nameof(LastingLosses))]
    public async Task A_view_that_is_lost_again_and_again_ends_the_listing_as_a_dependency_that_is_down(string loss)
    {
        await using var stub = await StubPointInTime.StartAsync(Documents);
        stub.OnPage = (page, whole) => page > 4 ? Lose(loss, whole) : (200, whole);
        var problem = await Assert.ThrowsAsync<SourceUnavailableException>(() => ListAsync(stub));
        Assert.Equal(ExitCode.DependencyDown, ExitCode.For(problem));
    }

    [Fact]
    public async Task A_cluster_that_loses_every_view_before_anything_new_came_is_given_up()
    {
        await using var stub = await StubPointInTime.StartAsync(Documents);
        // Each view gives its first pages again and then is gone: there is always a good page, and never a new one.
        stub.OnPage = (_, whole) => whole["hits"]!["hits"]!.AsArray() is var hits && hits[0]!["_id"]!.GetValue<string>() == "d28"
            ? Lose("view gone", whole)
            : (200, whole);
        var problem = await Assert.ThrowsAsync<SourceUnavailableException>(() => ListAsync(stub));
        Assert.Contains("before they gave anything new", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_became_another_index_meanwhile_ends_the_listing()
    {
        await using var stub = await StubPointInTime.StartAsync(Documents);
        stub.Uuid = opened => opened < 2 ? "one" : "another";
        stub.OnPage = (page, whole) => page == 5 ? Lose("view gone", whole) : (200, whole);
        var problem = await Assert.ThrowsAsync<SourceUnavailableException>(() => ListAsync(stub));
        Assert.Contains("became another index", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_view_is_kept_alive_while_its_page_is_worked_on()
    {
        await using var stub = await StubPointInTime.StartAsync(Documents);
        using var connection = stub.Connect();
        var source = await ElasticSource.OpenAsync(connection, s_options with { PageSize = 1_000, KeepAlive = TimeSpan.FromSeconds(1) }, null, Stop);
        var until = DateTime.UtcNow + TimeSpan.FromSeconds(10);
        await foreach (var _ in source.ReadAsync(Stop))
        {
            while (stub.Renewals == 0 && DateTime.UtcNow < until)
            {
                await Task.Delay(50, Stop); // the picture that is worked on
                break;
            }
        }

        Assert.True(stub.Renewals > 0);
    }

    [Fact]
    public async Task A_query_that_the_server_refuses_is_the_sources_fault()
    {
        await using var stub = await StubPointInTime.StartAsync(Documents);
        stub.OnPage = (_, _) => (400, new JsonObject
        {
            ["error"] = new JsonObject { ["type"] = "parsing_exception", ["reason"] = "unknown query [trem]" },
            ["status"] = 400,
        });
        var problem = await Assert.ThrowsAsync<SourceRefusedException>(() => ListAsync(stub));
        Assert.Contains("unknown query [trem]", problem.Message, StringComparison.Ordinal);
    }

    private static async Task<(List<string> Ids, ElasticSource Source)> ListAsync(StubPointInTime stub)
    {
        using var connection = stub.Connect();
        var source = await ElasticSource.OpenAsync(connection, s_options, null, Stop);
        List<string> ids = [];
        await foreach (var item in source.ReadAsync(Stop))
        {
            ids.Add(Assert.IsType<SourceItem.Named>(item).Entry.Id);
        }

        return (ids, source);
    }

    private static (int Status, JsonObject Body) Lose(string loss, JsonObject whole)
    {
        switch (loss)
        {
            case "failed shard":
                // As a real one said it: two of three shards, and what they hold.
                whole["_shards"] = JsonNode.Parse(RecordedAnswers.Body("partial-search-knn"))!["_shards"]!.DeepClone();
                whole["hits"]!["hits"]!.AsArray().RemoveAt(0);
                return (200, whole);
            case "timed out":
                whole["timed_out"] = true;
                return (200, whole);
            case "fewer shards":
                whole["_shards"]!["total"] = 2;
                whole["_shards"]!["successful"] = 2;
                return (200, whole);
            case "fewer documents":
                whole["hits"]!["hits"]!.AsArray().Clear();
                return (200, whole);
            case "view gone":
                return (404, new JsonObject
                {
                    ["error"] = new JsonObject { ["type"] = "search_context_missing_nodes_exception", ["reason"] = "nodes that have left the cluster" },
                    ["status"] = 404,
                });
            case "no search":
                return (200, new JsonObject { ["hits"] = "cut" });
            default:
                return (503, JsonNode.Parse(RecordedAnswers.Body("partial-search-refused-knn"))!.AsObject());
        }
    }
}

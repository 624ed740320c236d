using System.Text.Json;
using Filip.Rerank.Experiments;
using Filip.Rerank.Patches;
using Filip.Rerank.Search;
using Filip.Rerank.Tests.Search;
using static Filip.Rerank.Tests.Experiments.ExperimentService;

namespace Filip.Rerank.Tests.Experiments;

/// <summary>B in the shadow: logged, bounded, and nothing to A's page.</summary>
public sealed class ShadowTests(SampleIndex sample)
{
    [Fact]
    public async Task Both_orders_their_overlap_and_times_are_recorded_for_the_first_page()
    {
        await using var service = await StartAsync(sample, ExperimentMode.Shadow);
        var answer = await service.SearchAsync("""{"query":"a yellow flower","top":5}""", "s0");
        await service.SearchAsync("""{"query":"a yellow flower","top":5,"from":5}""", "s0");
        await service.SearchAsync("""{"query":"a tree"}""");
        var lines = await service.LinesAsync(2);
        Assert.Equal(2, lines.Count);
        Assert.Equal(["s0", "anonymous"], lines.Select(line => line.GetProperty("client_id").GetString()));
        Assert.Equal("shadow", lines[0].GetProperty("action_name").GetString());
        var own = Own(lines[0]);
        var b = await OrderAsync("a yellow flower", 5);
        Assert.Equal("done", own.GetProperty("outcome").GetString());
        Assert.Equal(Ids(answer), own.GetProperty("a").EnumerateArray().Select(id => id.GetString()!));
        Assert.Equal(b, own.GetProperty("b").EnumerateArray().Select(id => id.GetString()!));
        Assert.Equal(Ids(answer).Intersect(b).Count() / 5.0, own.GetProperty("overlap").GetDouble(), 1e-12);
        Assert.True(own.GetProperty("a_ms").GetDouble() > 0);
        Assert.True(own.GetProperty("b_ms").GetDouble() > 0);
    }

    [Fact]
    public async Task A_stage_two_that_hangs_changes_no_answer_and_what_is_too_much_is_dropped_and_counted()
    {
        const int Searches = 12;
        TaskCompletionSource release = new();
        var inner = new EmbeddedPatchStore(sample.Index);
        var store = new FaultyPatchStore(async (ids, token) =>
        {
            await release.Task;
            return await inner.FetchAsync(ids, token);
        });
        await using var shadowed = await StartAsync(
            sample, ExperimentMode.Shadow, store: store, change: options => options with { ShadowQueue = 2 });
        await using var plain = await StartAsync(sample, ExperimentMode.Full, a: "rerank", b: "recall");
        for (var i = 0; i < Searches; i++)
        {
            // The store answers nobody yet: whatever waited for it would wait for ever.
            var body = JsonSerializer.Serialize(new { query = sample.Queries[i % 5], top = 8 });
            var (with, without) = (await shadowed.SearchAsync(body, "s0"), await plain.SearchAsync(body, "s0"));
            Assert.Equal(without.GetProperty("results").GetRawText(), with.GetProperty("results").GetRawText());
            Assert.False(with.GetProperty("degraded").GetBoolean());
        }

        release.SetResult();
        var outcomes = (await shadowed.LinesAsync(Searches)).ConvertAll(line => Own(line).GetProperty("outcome").GetString());
        Assert.Equal(Searches, outcomes.Count);

        // One under way and two waiting; the worker may not have taken the first one before the queue was full.
        Assert.InRange(outcomes.Count(outcome => outcome == "done"), 2, 3);
        Assert.InRange(outcomes.Count(outcome => outcome == "dropped"), Searches - 3, Searches - 2);
        Assert.Contains(
            "outcome=\"dropped\"", await shadowed.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shadow_calls_that_hang_take_no_place_of_As_own_stage_two()
    {
        TaskCompletionSource release = new();
        var inner = new EmbeddedPatchStore(sample.Index);
        var store = new FaultyPatchStore(async (ids, token) =>
        {
            if (ids.Count == 3)
            {
                await release.Task; // B's window, and nobody's patience
            }

            return await inner.FetchAsync(ids, token);
        });
        await using var service = await StartAsync(
            sample, ExperimentMode.Shadow, a: "rerank", b: "rerank:candidates=3", store: store,
            search: SampleIndex.Patient with { MaxStageTwoInFlight = 1 });
        for (var i = 0; i < 5; i++)
        {
            var answer = await service.SearchAsync("""{"query":"a tree","top":5}""", "s0");
            Assert.False(answer.GetProperty("degraded").GetBoolean(), answer.GetRawText());
        }

        Assert.True(store.Calls >= 5);
        release.SetResult();
        await service.LinesAsync(5);
    }

    [Fact]
    public async Task A_B_that_fails_is_recorded_and_nothing_to_the_page()
    {
        await using var service = await StartAsync(sample, ExperimentMode.Shadow, store: FaultyPatchStore.Throwing());
        var answer = await service.SearchAsync("""{"query":"a tree"}""", "s0");
        Assert.False(answer.GetProperty("degraded").GetBoolean());
        var own = Own(Assert.Single(await service.LinesAsync(1)));
        Assert.Equal("degraded", own.GetProperty("outcome").GetString());
        Assert.Equal("patch_store", own.GetProperty("degraded").GetString());
    }

    private async Task<List<string>> OrderAsync(string query, int top)
    {
        var answer = await new SearchEngine(sample.Parts()).SearchAsync(new SearchRequest { Query = query, Top = top }, CancellationToken.None);
        return [.. answer.Results.Select(result => result.Id)];
    }
}

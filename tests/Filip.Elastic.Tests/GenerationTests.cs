using System.Text;
using Filip.Embeddings;
using Filip.Indexer;
using Filip.Indexer.Elastic;
using Filip.Recall;
using Filip.Recall.Elastic;
using Filip.Rerank.Elastic;
using Filip.Testing.Contracts;
using static Filip.Testing.Contracts.ContractDocuments;

namespace Filip.Elastic.Tests;

/// <summary>Generations behind an alias on the real server: begun, resumed, switched, and never mixed up.</summary>
public sealed class GenerationTests : IAsyncLifetime
{
    private ElasticConnection _connection = null!;

    private static IndexStamp Other { get; } = PortContract.Stamp with { Fingerprint = new string('c', 64), ModelId = "other" };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private ElasticGenerations Generations => new(_connection);

    public ValueTask InitializeAsync()
    {
        _connection = RealElastic.Connect();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            await RealElastic.DropAsync(_connection);
            _connection.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_first_load_that_was_not_finished_does_not_serve_and_is_resumed()
    {
        string generation;
        await using (var first = await OpenAsync())
        {
            await first.WriteAsync([Make("a"), Make("b")], Stop);
            generation = first.Generation;
        }

        Assert.Null(await Generations.CurrentAsync(Stop));
        await Assert.ThrowsAsync<IndexNotFoundException>(async () => await ElasticCandidateSource.OpenAsync(_connection, null, Stop));

        await using var second = await OpenAsync();
        Assert.Equal(generation, second.Generation);
        Assert.Equal(["a", "b"], (await second.GetContentHashesAsync(["a", "b", "c"], Stop)).Keys.Order());
        await second.WriteAsync([Make("c")], Stop);
        Assert.Equal(3, (await second.CompleteAsync(Stop)).Pictures);
        Assert.Equal(generation, await Generations.CurrentAsync(Stop));
        await using var source = await ElasticCandidateSource.OpenAsync(_connection, null, Stop);
        Assert.Equal((generation, 3), (source.Generation, await source.CountAsync(Stop)));
    }

    [Fact]
    public async Task A_search_that_is_open_follows_a_promotion_and_never_mixes_two_models()
    {
        await FillAsync(PortContract.Stamp, false, "a");
        await using var source = await ElasticCandidateSource.OpenAsync(_connection, null, Stop);
        await using var store = new ElasticPatchStore(_connection, () => source.Index);
        var first = source.Generation;
        await FillAsync(Other, true, "a", "b");
        await Generations.PromoteAsync((await Generations.ListAsync(Stop))[^1], Stop);

        // Until the alias is looked up again the generation that was opened answers, whole.
        var request = new RecallRequest { Pooled = Vector(1), Count = 5 };
        Assert.Equal((1, first), ((await source.FindAsync(request, Stop)).Candidates.Count, source.Generation));
        using (var batch = await store.FetchAsync(["b"], Stop))
        {
            Assert.True(batch[0].IsEmpty);
        }

        await source.RefreshAsync(Stop);
        Assert.NotEqual(first, source.Generation);
        Assert.Equal(Other, source.Stamp);
        Assert.Equal(2, (await source.FindAsync(request, Stop)).Candidates.Count);
        using (var batch = await store.FetchAsync(["b"], Stop))
        {
            Assert.False(batch[0].IsEmpty);
        }
    }

    [Fact]
    public async Task A_generation_that_is_deleted_under_a_search_gives_way_to_the_one_that_serves()
    {
        await FillAsync(PortContract.Stamp, false, "a");
        await using var source = await ElasticCandidateSource.OpenAsync(_connection, null, Stop);
        await FillAsync(PortContract.Stamp, true, "a", "b");
        await Generations.PromoteAsync((await Generations.ListAsync(Stop))[^1], Stop);
        using (await _connection.AskAsync(new ElasticQuestion("DELETE", source.Generation), Stop))
        {
        }

        Assert.Equal(2, (await source.FindAsync(new RecallRequest { Pooled = Vector(1), Count = 5 }, Stop)).Candidates.Count);
        Assert.Equal(2, await source.CountAsync(Stop));
    }

    [Fact]
    public async Task Another_models_pictures_are_refused_and_nothing_is_made()
    {
        await FillAsync(PortContract.Stamp, false, "a");
        var error = await Assert.ThrowsAsync<StampMismatchException>(async () => await OpenAsync(Other));
        Assert.Contains("other", error.Message, StringComparison.Ordinal);
        Assert.Single(await Generations.ListAsync(Stop));
    }

    [Fact]
    public async Task An_unfinished_load_of_another_model_is_left_alone()
    {
        await using (var first = await OpenAsync())
        {
            await first.WriteAsync([Make("a")], Stop);
        }

        await using var sink = await OpenAsync(Other);
        Assert.EndsWith("-000002", sink.Generation, StringComparison.Ordinal);
        Assert.Empty(await sink.GetContentHashesAsync(["a"], Stop));
    }

    [Fact]
    public async Task A_new_generation_serves_after_promotion_and_the_old_one_again_after_rollback()
    {
        await FillAsync(PortContract.Stamp, false, "a");
        await FillAsync(Other, true, "a", "b");
        Assert.Equal(1, await CountAsync());
        Assert.EndsWith("-000002", await Generations.PromoteAsync(null, Stop), StringComparison.Ordinal);
        Assert.Equal(2, await CountAsync());
        await using (var source = await ElasticCandidateSource.OpenAsync(_connection, null, Stop))
        {
            Assert.Equal(Other, source.Stamp);
        }

        Assert.EndsWith("-000001", await Generations.RollbackAsync(Stop), StringComparison.Ordinal);
        Assert.Equal(1, await CountAsync());
        await Assert.ThrowsAsync<IndexNotFoundException>(async () => await Generations.RollbackAsync(Stop));
        var error = await Assert.ThrowsAsync<IndexNotFoundException>(async () => await Generations.PromoteAsync("nobody-000009", Stop));
        Assert.Contains("-000002", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task Jobs_that_begin_together_fill_one_generation()
    {
        var sinks = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => OpenAsync().AsTask()));
        Assert.Single(sinks.Select(sink => sink.Generation).Distinct());
        await Task.WhenAll(sinks.Select((sink, i) => sink.WriteAsync([Make($"p{i}")], Stop).AsTask()));
        Assert.Equal(4, (await sinks[0].CompleteAsync(Stop)).Pictures);
    }

    [Fact]
    public async Task An_index_that_is_somebody_elses_is_never_written_to()
    {
        await AskAsync("PUT", _connection.Address.Index + "/_doc/theirs?refresh=true", """{"title":"a page"}""");
        try
        {
            var error = await Assert.ThrowsAsync<IndexNotFoundException>(async () => await OpenAsync());
            Assert.Contains("not one of ours", error.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<IndexNotFoundException>(async () => await ElasticCandidateSource.OpenAsync(_connection, null, Stop));
        }
        finally
        {
            await AskAsync("DELETE", _connection.Address.Index);
        }
    }

    [Fact]
    public async Task An_index_deleted_while_it_is_filled_never_serves_what_Elasticsearch_makes_in_its_place()
    {
        await using var sink = await OpenAsync();
        await AskAsync("DELETE", sink.Generation);
        await sink.WriteAsync([Make("a") with { PatchRecord = new byte[3] }], Stop);
        var error = await Assert.ThrowsAsync<SinkUnavailableException>(async () => await sink.CompleteAsync(Stop));
        Assert.Contains("somebody deleted it", error.Message, StringComparison.Ordinal);
        Assert.Null(await Generations.CurrentAsync(Stop));
    }

    [Fact]
    public async Task The_live_generation_is_written_to_and_keeps_its_name()
    {
        await FillAsync(PortContract.Stamp, false, "a");
        await FillAsync(PortContract.Stamp, false, "b");
        Assert.Single(await Generations.ListAsync(Stop));
        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task Bad_layouts_are_refused_before_anything_is_made()
    {
        await Assert.ThrowsAnyAsync<Exception>(async () => await OpenAsync(index: new ElasticIndexOptions { VectorIndex = "best" }));
        await Assert.ThrowsAnyAsync<Exception>(async () => await OpenAsync(index: new ElasticIndexOptions { Shards = 0 }));
        await Assert.ThrowsAnyAsync<Exception>(async () => await OpenAsync(PortContract.Stamp with { PooledDimension = 5000 }));
        Assert.Empty(await Generations.ListAsync(Stop));
    }

    private ValueTask<ElasticImageSink> OpenAsync(IndexStamp? stamp = null, bool beside = false, ElasticIndexOptions? index = null) =>
        ElasticImageSink.OpenAsync(
            _connection, stamp ?? PortContract.Stamp,
            new ElasticSinkOptions { NewGeneration = beside, Index = index ?? new ElasticIndexOptions { VectorIndex = "flat" } }, null, Stop);

    private async Task FillAsync(IndexStamp stamp, bool beside, params string[] ids)
    {
        await using var sink = await OpenAsync(stamp, beside);
        Assert.All(await sink.WriteAsync([.. ids.Select(id => Make(id))], Stop), outcome => Assert.Null(outcome.Refusal));
        await sink.CompleteAsync(Stop);
    }

    private async Task<long> CountAsync()
    {
        await using var source = await ElasticCandidateSource.OpenAsync(_connection, null, Stop);
        return await source.CountAsync(Stop);
    }

    private async Task AskAsync(string method, string path, string body = "")
    {
        using var answer = await _connection.AskAsync(new ElasticQuestion(method, path, Encoding.UTF8.GetBytes(body)), Stop);
    }
}

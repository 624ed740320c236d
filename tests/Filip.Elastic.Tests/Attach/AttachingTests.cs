using Filip.Embeddings;
using Filip.Indexer;
using Filip.Indexer.Elastic;
using Filip.Recall;
using Filip.Recall.Elastic;
using Filip.Testing.Contracts;
using static Filip.Testing.Contracts.ContractDocuments;

namespace Filip.Elastic.Tests.Attach;

/// <summary>What is attached to, what is refused, and with which sentence; on the real server.</summary>
public sealed class AttachingTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static IndexStamp Other { get; } = PortContract.Stamp with { Fingerprint = new string('c', 64), ModelId = "other" };

    [Fact]
    public async Task Attaching_adds_one_object_and_leaves_mapping_meta_and_settings_as_they_were()
    {
        await using var index = await UsersIndex.CreateAsync();
        var before = (await index.AskAsync("GET", index.Name)).GetProperty(index.Name);
        await index.PutAsync(("a", "{}"));
        await using (var sink = await index.AttachAsync(new AttachOptions { PathField = "image_path", CaptionField = "title" }))
        {
            await sink.WriteAsync([Make("a")], Stop);
            await sink.CompleteAsync(Stop);
        }

        var after = (await index.AskAsync("GET", index.Name)).GetProperty(index.Name);
        Assert.Equal(before.GetProperty("settings").GetRawText(), after.GetProperty("settings").GetRawText());
        foreach (var part in (string[])["properties", "_meta"])
        {
            var (old, now) = (before.GetProperty("mappings").GetProperty(part), after.GetProperty("mappings").GetProperty(part));
            Assert.All(old.EnumerateObject(), member => Assert.Equal(member.Value.GetRawText(), now.GetProperty(member.Name).GetRawText()));
            Assert.Equal(old.EnumerateObject().Count() + 1, now.EnumerateObject().Count());
            Assert.True(now.TryGetProperty("filip", out _));
        }
    }

    [Fact]
    public async Task The_same_again_goes_on_and_remembers_the_users_fields_and_another_model_is_refused()
    {
        await using var index = await UsersIndex.CreateAsync();
        await (await index.AttachAsync(new AttachOptions { PathField = "image_path" })).DisposeAsync();
        await (await index.AttachAsync(new AttachOptions { CaptionField = "title" })).DisposeAsync();
        await (await index.AttachAsync()).DisposeAsync();
        var facts = await new ElasticGenerations(index.Connection).DescribeAsync(index.Name, Stop);
        Assert.Equal((true, "image_path", "title"), (facts.Layout.IsAttached, facts.Layout.PathField, facts.Layout.CaptionField));
        Assert.Equal(PortContract.Stamp, facts.Stamp);
        var error = await Assert.ThrowsAsync<StampMismatchException>(
            async () => await AttachedImageSink.OpenAsync(index.Connection, Other, UsersIndex.Options(), null, Stop));
        Assert.Contains("other", error.Message, StringComparison.Ordinal);
        Assert.Equal(PortContract.Stamp, (await new ElasticGenerations(index.Connection).StampAsync(index.Name, Stop)).Stamp);
    }

    [Fact]
    public async Task Without_being_asked_to_nothing_is_attached_and_the_refusal_names_both_ways()
    {
        await using var index = await UsersIndex.CreateAsync();
        var error = await Assert.ThrowsAsync<IndexNotFoundException>(async () => await OpenAsync(index.Connection, new ElasticSinkOptions()));
        Assert.Contains("--attach", error.Message, StringComparison.Ordinal);
        Assert.Contains("side index", error.Message, StringComparison.Ordinal);
        Assert.Null((await new ElasticGenerations(index.Connection).StampAsync(index.Name, Stop)).Stamp);
    }

    [Fact]
    public async Task An_attached_index_is_never_taken_for_an_own_one()
    {
        await using var index = await UsersIndex.CreateAsync();
        using var alias = new ElasticConnection(index.Connection.Address.WithIndex(index.Name + "-alias"));
        await index.AskAsync("PUT", $"{index.Name}/_alias/{index.Name}-alias");

        // A name as a generation has it, an alias as ours: still the user's.
        var beside = new ElasticSinkOptions { NewGeneration = true };
        await Assert.ThrowsAsync<IndexNotFoundException>(async () => await ElasticImageSink.OpenAsync(alias, PortContract.Stamp, beside, null, Stop));
        await (await index.AttachAsync()).DisposeAsync();
        foreach (var connection in new[] { index.Connection, alias })
        {
            Assert.IsType<AttachedImageSink>(await OpenAsync(connection, new ElasticSinkOptions()));
            await Assert.ThrowsAsync<IndexNotFoundException>(
                async () => await ElasticImageSink.OpenAsync(connection, PortContract.Stamp, new ElasticSinkOptions(), null, Stop));
            await Assert.ThrowsAsync<LayoutRefusedException>(async () => await OpenAsync(connection, beside));
            await Assert.ThrowsAsync<LayoutRefusedException>(async () => await new ElasticGenerations(connection).PromoteAsync(null, Stop));
            await Assert.ThrowsAsync<LayoutRefusedException>(async () => await new ElasticGenerations(connection).RollbackAsync(Stop));
        }

        Assert.Empty(await new ElasticGenerations(alias).ListAsync(Stop));
    }

    [Fact]
    public async Task An_alias_to_one_index_is_followed_and_one_to_several_is_refused()
    {
        await using var index = await UsersIndex.CreateAsync();
        await using var second = await UsersIndex.CreateAsync();
        await index.PutAsync(("a", "{}"));
        using var alias = new ElasticConnection(index.Connection.Address.WithIndex(index.Name + "-alias"));
        await index.AskAsync("PUT", $"{index.Name}/_alias/{index.Name}-alias");
        await using (var sink = await AttachedImageSink.OpenAsync(alias, PortContract.Stamp, UsersIndex.Options(), null, Stop))
        {
            Assert.Equal(index.Name, sink.Generation);
            Assert.Null((await sink.WriteAsync([Make("a")], Stop))[0].Refusal);
            Assert.Equal(1, (await sink.CompleteAsync(Stop)).Pictures);
        }

        await index.AskAsync("PUT", $"{second.Name}/_alias/{index.Name}-alias");
        var error = await Assert.ThrowsAsync<ElasticException>(
            async () => await AttachedImageSink.OpenAsync(alias, PortContract.Stamp, UsersIndex.Options(), null, Stop));
        Assert.Contains(second.Name, error.Message, StringComparison.Ordinal);
        Assert.Null((await new ElasticGenerations(second.Connection).StampAsync(second.Name, Stop)).Stamp);
    }

    [Theory]
    [InlineData("""{"mappings":{"_source":{"enabled":false}}}""", "switched off")]
    [InlineData("""{"mappings":{"_source":{"excludes":["big"]}}}""", "would lose them")]
    [InlineData("""{"mappings":{"_source":{"includes":["small"]}}}""", "would lose them")]
    [InlineData("""{"mappings":{"_routing":{"required":true}}}""", "routing")]
    [InlineData("""{"mappings":{"properties":{"filip":{"type":"keyword"}}}}""", "a field 'filip' of its own")]
    public async Task An_index_that_would_be_harmed_is_refused_and_nothing_of_it_is_changed(string body, string part)
    {
        await using var index = await UsersIndex.CreateAsync(body);
        var before = await index.AskAsync("GET", index.Name);
        var error = await Assert.ThrowsAsync<LayoutRefusedException>(async () => await index.AttachAsync());
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Contains("side index", error.Message, StringComparison.Ordinal);
        Assert.Equal(before.GetRawText(), (await index.AskAsync("GET", index.Name)).GetRawText());
    }

    [Theory]
    [InlineData("no_such", null, "'no_such'")]
    [InlineData(null, "no_such", "'no_such'")]
    [InlineData(null, "price", "'float'")]
    [InlineData("filip.id", null, "'filip.id'")]
    public async Task A_field_that_cannot_be_path_or_caption_is_refused(string? path, string? caption, string part)
    {
        await using var index = await UsersIndex.CreateAsync();
        var error = await Assert.ThrowsAsync<LayoutRefusedException>(
            async () => await index.AttachAsync(new AttachOptions { PathField = path, CaptionField = caption }));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_own_index_and_one_that_is_not_there_are_not_attached_to()
    {
        using var connection = RealElastic.Connect();
        await Assert.ThrowsAsync<IndexNotFoundException>(async () => await OpenAsync(connection, UsersIndex.Options()));
        try
        {
            await using (var sink = await OpenAsync(connection, new ElasticSinkOptions()))
            {
                await sink.WriteAsync([Make("a")], Stop);
                await sink.CompleteAsync(Stop);
            }

            var error = await Assert.ThrowsAsync<LayoutRefusedException>(async () => await OpenAsync(connection, UsersIndex.Options()));
            Assert.Contains("FILIP's own", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            await RealElastic.DropAsync(connection);
        }
    }

    private static ValueTask<IImageSink> OpenAsync(ElasticConnection connection, ElasticSinkOptions options) =>
        ElasticSinks.OpenAsync(connection, PortContract.Stamp, options, null, Stop);
}

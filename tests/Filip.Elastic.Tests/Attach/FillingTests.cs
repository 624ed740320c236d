using System.Text.Json;
using Filip.Indexer;
using Filip.Recall;
using Filip.Recall.Elastic;
using Filip.Rerank.Elastic;
using static Filip.Testing.Contracts.ContractDocuments;

namespace Filip.Elastic.Tests.Attach;

/// <summary>The user's documents before and after they are filled, emptied, and written by their user at the same time.</summary>
public sealed class FillingTests
{
    private const string Boots = """
        {"image_path":"boots.jpg","title":"Red boots","brand":"Acme","price":1.5,"patches":"dGhlaXJz","more":{"a":"b"},
         "own":[0.1,0.2,0.30000001],"maker":{"name":"Acme","own":[1.5,-2.25,3e-7]},"unmapped":{"deep":[1,2],"x":null}}
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Filling_and_emptying_keep_every_field_of_the_users_to_the_bit_vectors_too()
    {
        await using var index = await UsersIndex.CreateAsync();
        await index.PutAsync(("boots", Boots));
        var before = await index.SourceAsync("boots");
        Assert.True(before!.Value.TryGetProperty("own", out _));
        await index.FillAsync("boots");
        var filled = (await index.SourceAsync("boots"))!.Value;
        Assert.True(filled.TryGetProperty("filip", out _));
        AssertSame(before.Value, filled);

        await using var sink = await index.AttachAsync();
        Assert.Equal(1, await sink.DeleteAsync(["boots", "nobody"], Stop));
        Assert.Equal(0, (await sink.CompleteAsync(Stop)).Pictures);
        AssertSame(before.Value, (await index.SourceAsync("boots"))!.Value);
        Assert.Empty(await sink.GetContentHashesAsync(["boots"], Stop));
        await using var source = await ElasticCandidateSource.OpenAsync(index.Connection, null, Stop);
        Assert.Empty((await source.FindAsync(new RecallRequest { Pooled = Vector(1), Count = 5 }, Stop)).Candidates);
        await using var store = new ElasticPatchStore(index.Connection, () => source.Index);
        using var batch = await store.FetchAsync(["boots"], Stop);
        Assert.True(batch[0].IsEmpty);
    }

    [Fact]
    public async Task A_document_that_is_gone_is_refused_with_a_reason_and_never_made()
    {
        await using var index = await UsersIndex.CreateAsync();
        await index.PutAsync(("a", "{}"));
        await using var sink = await index.AttachAsync();
        var outcomes = await sink.WriteAsync([Make("a"), Make("gone")], Stop);
        Assert.Null(outcomes[0].Refusal);
        Assert.Contains("document_missing_exception", outcomes[1].Refusal, StringComparison.Ordinal);
        Assert.Contains("'gone'", outcomes[1].Refusal, StringComparison.Ordinal);
        Assert.Equal(1, (await sink.CompleteAsync(Stop)).Pictures);
        Assert.Null(await index.SourceAsync("gone"));
    }

    [Fact]
    public async Task Documents_that_were_never_filled_are_no_pictures()
    {
        await using var index = await UsersIndex.CreateAsync();
        await index.PutAsync(("a", """{"title":"red"}"""), ("b", """{"title":"red"}"""));
        await using (var sink = await index.AttachAsync(new AttachOptions { CaptionField = "title" }))
        {
            await sink.WriteAsync([Make("a")], Stop);
            await sink.CompleteAsync(Stop);
            Assert.Equal(["a"], await sink.ListIdsAsync(Stop).ToListAsync(Stop));
        }

        await using var source = await ElasticCandidateSource.OpenAsync(index.Connection, null, Stop);
        Assert.Equal(1, await source.CountAsync(Stop));
        var answer = await source.FindAsync(new RecallRequest { Pooled = Vector(1), Count = 5, LexicalText = "red" }, Stop);
        Assert.Equal("a", Assert.Single(answer.Candidates).Id);
        Assert.Equal(["a"], (await source.GetFieldsAsync(["a", "b"], Stop)).Keys);
    }

    [Fact]
    public async Task A_document_that_its_user_wrote_anew_is_new_to_the_next_run()
    {
        await using var index = await UsersIndex.CreateAsync();
        await index.PutAsync(("anew", Boots), ("back", Boots), ("kept", Boots), ("updated", Boots));
        await index.FillAsync("anew", "back", "kept", "updated");
        await index.PutAsync(("anew", Boots));
        await index.AskAsync("POST", $"{index.Name}/_update/updated?refresh=true", """{"doc":{"title":"Blue boots"}}""");

        // Read and put back, as many programs do: what _source leaves out is lost, the hash is not.
        var read = await index.AskAsync("GET", $"{index.Name}/_doc/back");
        await index.PutAsync(("back", read.GetProperty("_source").GetRawText()));

        await using (var sink = await index.AttachAsync())
        {
            var held = await sink.GetContentHashesAsync(["anew", "back", "kept", "updated"], Stop);
            Assert.Equal(["kept", "updated"], held.Keys.Order());
            Assert.Contains(await ElasticVerifier.VerifyAsync(index.Connection, Stop), finding => finding.Code == "FIELD_MISSING" && finding.Message.Contains("filip.pooled", StringComparison.Ordinal));
        }

        await index.FillAsync("anew", "back");
        await using var source = await ElasticCandidateSource.OpenAsync(index.Connection, null, Stop);
        Assert.Equal(4, await source.CountAsync(Stop));
        Assert.DoesNotContain(await ElasticVerifier.VerifyAsync(index.Connection, Stop), finding => finding.Code == "FIELD_MISSING");
    }

    [Fact]
    public async Task What_the_user_writes_at_the_same_time_is_not_lost_and_neither_is_ours()
    {
        await using var index = await UsersIndex.CreateAsync();
        string[] ids = [.. Enumerable.Range(0, 8).Select(i => $"d{i}")];
        await index.PutAsync([.. ids.Select(id => (id, """{"stock":0}"""))]);
        await using var sink = await index.AttachAsync();
        const int Rounds = 25;
        var user = Task.Run(
            async () =>
            {
                for (var round = 1; round <= Rounds; round++)
                {
                    var lines = string.Concat(ids.Select(id => $$$"""{"update":{"_id":"{{{id}}}","retry_on_conflict":50}}""" + "\n" + $$$"""{"doc":{"stock":{{{round}}}}}""" + "\n"));
                    var answer = await index.AskAsync("POST", index.Name + "/_bulk", lines);
                    Assert.False(answer.GetProperty("errors").GetBoolean(), answer.GetRawText());
                }
            },
            Stop);
        for (var version = 1; version <= Rounds; version++)
        {
            Assert.All(await sink.WriteAsync([.. ids.Select(id => Make(id, version))], Stop), outcome => Assert.Null(outcome.Refusal));
        }

        await user;
        Assert.Equal(ids.Length, (await sink.CompleteAsync(Stop)).Pictures);
        foreach (var id in ids)
        {
            var source = (await index.SourceAsync(id))!.Value;
            Assert.Equal(Rounds, source.GetProperty("stock").GetInt32());
            Assert.Equal($"{Rounds:x8}", source.GetProperty("filip").GetProperty("content_hash").GetString());
        }
    }

    [Fact]
    public async Task Verify_says_how_many_are_filled_and_doctor_names_the_layout()
    {
        await using var index = await UsersIndex.CreateAsync();
        await index.PutAsync(("a", Boots), ("b", Boots), ("c", Boots));
        await index.FillAsync("a", "b");
        Assert.Contains(await ElasticVerifier.VerifyAsync(index.Connection, Stop), finding => finding.Message.StartsWith("2 of 3 documents", StringComparison.Ordinal));
        Assert.Contains(
            await ElasticDoctor.ExamineAsync(index.Connection, Stop),
            finding => finding is { Code: "layout", Level: IndexFinding.Info } && finding.Message.Contains("attached", StringComparison.Ordinal) && finding.Message.Contains(index.Name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_index_that_is_deleted_under_the_job_is_told_at_the_end()
    {
        await using var index = await UsersIndex.CreateAsync();
        await using var sink = await index.AttachAsync();
        await index.AskAsync("DELETE", index.Name);
        await sink.WriteAsync([Make("a")], Stop);
        await Assert.ThrowsAsync<SinkUnavailableException>(async () => await sink.CompleteAsync(Stop));
        Assert.Null(await index.SourceAsync("a"));
    }

    private static void AssertSame(JsonElement expected, JsonElement actual) => Assert.All(
        expected.EnumerateObject(),
        member => Assert.True(
            JsonElement.DeepEquals(member.Value, actual.GetProperty(member.Name)), $"{member.Name}: {member.Value} became {actual.GetProperty(member.Name)}"));
}

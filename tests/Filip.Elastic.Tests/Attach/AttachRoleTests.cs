using System.Text.Json.Nodes;
using Filip.Indexer;
using Filip.Indexer.Elastic;
using Filip.Recall.Elastic;
using Filip.Testing.Contracts;
using static Filip.Testing.Contracts.ContractDocuments;

namespace Filip.Elastic.Tests.Attach;

/// <summary>The role for attaching, on a real server with security on: enough, and nothing in it for nothing.</summary>
public sealed class AttachRoleTests(SecureElastic server)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_role_is_enough_and_each_of_its_privileges_is_needed()
    {
        await server.NeedAsync();
        var role = SecureElastic.Role("role-attach.json", "products");
        await AttachAsync(role);
        var privileges = role["indices"]![0]!["privileges"]!.AsArray().Select(privilege => privilege!.GetValue<string>()).ToList();
        foreach (var missing in privileges)
        {
            var less = role.DeepClone();
            less["indices"]![0]!["privileges"] = new JsonArray(
                [.. privileges.Where(privilege => privilege != missing).Select(privilege => JsonValue.Create(privilege))]);
            var error = await Xunit.Record.ExceptionAsync(() => AttachAsync(less));
            Assert.True(error is ElasticException or SinkUnavailableException, $"without '{missing}': {error?.ToString() ?? "everything worked"}");
            Assert.Contains("elastic/roles.md", error!.Message, StringComparison.Ordinal);
        }
    }

    // A user's index, made by its user; the rest by the role alone.
    private async Task AttachAsync(JsonNode role)
    {
        var name = $"s{Environment.ProcessId}-{Guid.NewGuid():n}";
        role = role.DeepClone();
        role["indices"]![0]!["names"] = new JsonArray(name);
        await server.AskAsync("PUT", name + "/_doc/a?refresh=true", new JsonObject { ["title"] = "boots" });
        try
        {
            using var connection = server.Connect(name, await server.KeyAsync(role));
            await using var sink = await AttachedImageSink.OpenAsync(connection, PortContract.Stamp, UsersIndex.Options(), null, Stop);
            await sink.GetContentHashesAsync(["a"], Stop);
            Assert.All(await sink.WriteAsync([Make("a")], Stop), outcome => Assert.Null(outcome.Refusal));
            Assert.Equal(1, (await sink.CompleteAsync(Stop)).Pictures);
            await ElasticVerifier.VerifyAsync(connection, Stop);
            Assert.Equal(1, await sink.DeleteAsync(["a"], Stop));
        }
        finally
        {
            await server.AskAsync("DELETE", name);
        }
    }
}

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Filip.Indexer;
using Filip.Indexer.Elastic;
using Filip.Recall;
using Filip.Recall.Elastic;
using Filip.Rerank.Elastic;
using Filip.Testing.Contracts;
using static Filip.Testing.Contracts.ContractDocuments;

namespace Filip.Elastic.Tests;

/// <summary>Who may ask, and how the server is trusted, on a real server with security on.</summary>
public sealed class SecurityTests(SecureElastic server)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_way_in_works_and_each_wrong_one_is_one_sentence_without_the_secret()
    {
        await server.NeedAsync();
        var basic = new ElasticCredentials { User = "elastic", Password = server.Password, CaFile = server.CaFile };
        var colons = string.Join(':', Convert.FromHexString(server.CaFingerprint.Replace(":", "", StringComparison.Ordinal)).Select(value => value.ToString("X2")));
        var key = await server.KeyAsync(SecureElastic.Role("role-service.json", "pictures"));
        await AcceptsAsync(basic);
        await AcceptsAsync(basic with { CaFile = null, CaFingerprint = colons });
        await AcceptsAsync(basic with { CaFile = null, CaFingerprint = colons.Replace(":", "", StringComparison.Ordinal).ToLowerInvariant() });
        await AcceptsAsync(key);
        await AcceptsAsync(key with { CaFingerprint = null, CaFile = server.CaFile });

        const string Secret = "geheim-und-falsch";
        await RefusesAsync(basic with { Password = Secret }, ElasticFailure.NotAllowed, "does not accept the credentials", Secret);
        await RefusesAsync(basic with { User = null }, ElasticFailure.NotAllowed, "does not accept the credentials", Secret);
        await RefusesAsync(key with { ApiKey = Secret }, ElasticFailure.NotAllowed, "does not accept the credentials", Secret);
        await RefusesAsync(basic with { CaFile = null }, ElasticFailure.NotTrusted, "FILIP_ELASTICSEARCH_CA_FILE", server.Password + "@");
        await RefusesAsync(basic with { CaFile = null, CaFingerprint = new string('A', 64) }, ElasticFailure.NotTrusted, "FILIP_ELASTICSEARCH_CA_FINGERPRINT", Secret);

        var other = Path.GetTempFileName();
        try
        {
            using var authority = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=Elasticsearch fixture CA", authority, HashAlgorithmName.SHA256);
            using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            await File.WriteAllTextAsync(other, certificate.ExportCertificatePem(), Stop);
            await RefusesAsync(basic with { CaFile = other }, ElasticFailure.NotTrusted, "not trusted", Secret);
            await File.WriteAllTextAsync(other, "no certificate", Stop);
            var error = Assert.Throws<FormatException>(() => server.Connect("pictures", basic with { CaFile = other }));
            Assert.Contains("no readable PEM certificate", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(other);
        }
    }

    [Fact]
    public async Task Credentials_come_from_the_environment_and_from_files()
    {
        await server.NeedAsync();
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, server.Password + "\n", Stop);
            var environment = new Dictionary<string, string>
            {
                ["FILIP_ELASTICSEARCH_USER"] = "elastic",
                ["FILIP_ELASTICSEARCH_PASSWORD_FILE"] = file,
                ["FILIP_ELASTICSEARCH_CA_FILE"] = server.CaFile,
            };
            await AcceptsAsync(ElasticCredentials.Resolve(server.Address("pictures"), environment.GetValueOrDefault));
            environment["FILIP_ELASTICSEARCH_API_KEY"] = "too many";
            Assert.Throws<FormatException>(() => ElasticCredentials.Resolve(server.Address("pictures"), environment.GetValueOrDefault));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task The_two_roles_are_enough_for_the_job_and_for_the_service()
    {
        await server.NeedAsync();
        var index = Name();
        var password = $"p-{Guid.NewGuid():n}";
        foreach (var role in (string[])["indexer", "service"])
        {
            await server.AskAsync("PUT", $"_security/role/{index}-{role}", SecureElastic.Role($"role-{role}.json", index));
            await server.AskAsync("PUT", $"_security/user/{index}-{role}", new JsonObject { ["password"] = password, ["roles"] = new JsonArray($"{index}-{role}") });
        }

        using var indexer = server.Connect(index, new ElasticCredentials { User = index + "-indexer", Password = password, CaFile = server.CaFile });
        await JobAsync(indexer);
        using var service = server.Connect(index, new ElasticCredentials { User = index + "-service", Password = password, CaFile = server.CaFile });
        await ServeAsync(service);
        await server.AskAsync("DELETE", index + "-000001," + index + "-000002");
    }

    [Fact]
    public async Task No_privilege_of_a_role_is_there_for_nothing()
    {
        await server.NeedAsync();
        var index = Name();
        var served = SecureElastic.Role("role-service.json", index);
        using (var administrator = server.ConnectAsAdministrator(index))
        {
            await JobAsync(administrator);
        }

        await LessAsync(served, async less =>
        {
            using var connection = server.Connect(index, await server.KeyAsync(less));
            await ServeAsync(connection);
        });
        await server.AskAsync("DELETE", index + "-000001," + index + "-000002");

        await LessAsync(SecureElastic.Role("role-indexer.json", index), async less =>
        {
            using var connection = server.Connect(index, await server.KeyAsync(less));
            try
            {
                await JobAsync(connection);
            }
            finally
            {
                using var administrator = server.ConnectAsAdministrator(index);
                await RealElastic.DropAsync(administrator);
            }
        });
    }

    private static async Task LessAsync(JsonNode role, Func<JsonNode, Task> work)
    {
        var privileges = role["indices"]![0]!["privileges"]!.AsArray().Select(privilege => privilege!.GetValue<string>()).ToList();
        foreach (var missing in privileges)
        {
            var less = role.DeepClone();
            less["indices"]![0]!["privileges"] = new JsonArray([.. privileges.Where(privilege => privilege != missing).Select(privilege => JsonValue.Create(privilege))]);
            var error = await Xunit.Record.ExceptionAsync(() => work(less));
            Assert.True(error is ElasticException or SinkUnavailableException, $"without '{missing}': {error?.ToString() ?? "everything worked"}");
            Assert.Contains("elastic/roles.md", error!.Message, StringComparison.Ordinal);
        }
    }

    private static async Task JobAsync(ElasticConnection connection)
    {
        var options = new ElasticSinkOptions { Index = new ElasticIndexOptions { VectorIndex = "flat", Replicas = 0 } };
        await using (var sink = await ElasticImageSink.OpenAsync(connection, PortContract.Stamp, options, null, Stop))
        {
            await sink.GetContentHashesAsync(["a"], Stop);
            Assert.All(await sink.WriteAsync([Make("a"), Make("b")], Stop), outcome => Assert.Null(outcome.Refusal));
            Assert.Equal(1, await sink.DeleteAsync(["b"], Stop));
            Assert.Equal(1, (await sink.CompleteAsync(Stop)).Pictures);
            await foreach (var id in sink.ListIdsAsync(Stop))
            {
                Assert.Equal("a", id);
            }
        }

        await using (var sink = await ElasticImageSink.OpenAsync(connection, PortContract.Stamp, options with { NewGeneration = true }, null, Stop))
        {
            await sink.CompleteAsync(Stop);
        }

        var generations = new ElasticGenerations(connection);
        await generations.PromoteAsync(null, Stop);
        await generations.RollbackAsync(Stop);
        await ElasticVerifier.VerifyAsync(connection, Stop);
    }

    private static async Task ServeAsync(ElasticConnection connection)
    {
        await using var source = await ElasticCandidateSource.OpenAsync(connection, null, Stop);
        Assert.Equal(1, await source.CountAsync(Stop));
        var answer = await source.FindAsync(new RecallRequest { Pooled = Axis(0), Count = 3, LexicalText = "word" }, Stop);
        Assert.Equal("a", Assert.Single(answer.Candidates).Id);
        Assert.Single(await source.GetFieldsAsync(["a"], Stop));
        await using var store = new ElasticPatchStore(connection);
        using var batch = await store.FetchAsync(["a"], Stop);
        Assert.False(batch[0].IsEmpty);
        Assert.DoesNotContain(await ElasticDoctor.ExamineAsync(connection, Stop), finding => finding.Level == IndexFinding.Error && finding.Code != "disk");
    }

    private async Task AcceptsAsync(ElasticCredentials credentials)
    {
        using var connection = server.Connect("pictures", credentials);
        Assert.Equal(9, (await ElasticServer.AskAsync(connection, Stop)).Version.Major);
    }

    private async Task RefusesAsync(ElasticCredentials credentials, ElasticFailure failure, string sentence, string secret)
    {
        using var connection = server.Connect("pictures", credentials);
        var error = await Assert.ThrowsAsync<ElasticException>(async () => await ElasticServer.AskAsync(connection, Stop));
        Assert.Equal(failure, error.Failure);
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"elastic:{secret}")), error.ToString(), StringComparison.Ordinal);
    }

    private static string Name() => $"s{Environment.ProcessId}-{Guid.NewGuid():n}";
}

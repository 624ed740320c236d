using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Filip.Elastic.Tests;
using Filip.Elastic.Tests.Nodes;
using Filip.Recall.Elastic;
using Filip.Testing;

[assembly: AssemblyFixture(typeof(SecureElastic))]

namespace Filip.Elastic.Tests;

/// <summary>A real server with TLS, users and keys, started by the first test that needs it and ended with the last.</summary>
public sealed class SecureElastic : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private DirectoryInfo? _folder;
    private string? _url;

    public string CaFile => Path.Combine(_folder!.FullName, "ca.pem");

    public string CaFingerprint => File.ReadAllText(Path.Combine(_folder!.FullName, "ca.sha256")).Trim();

    public string Password => File.ReadAllText(Path.Combine(_folder!.FullName, "password")).Trim();

    /// <summary>Starts it where it can be started, else skips the test with the reason.</summary>
    public async Task NeedAsync()
    {
        FixturePrograms.Need();
        await _gate.WaitAsync();
        try
        {
            if (_url is null)
            {
                _folder ??= Directory.CreateTempSubdirectory("filip-secure-");
                _url = (await FixturePrograms.RunAsync(1, "start", "--security", "--dir", _folder.FullName, "--port", "0", "--timeout", "300"))[0];
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The address of an index there.</summary>
    public ElasticAddress Address(string index) => ElasticAddress.Parse($"{_url}/{index}");

    /// <summary>A connection of anybody's.</summary>
    public ElasticConnection Connect(string index, ElasticCredentials credentials) =>
        new(Address(index), credentials, new ElasticOptions { RetryDelay = TimeSpan.FromMilliseconds(1), RequestTimeout = TimeSpan.FromSeconds(30) });

    /// <summary>A connection of the administrator's.</summary>
    public ElasticConnection ConnectAsAdministrator(string index) =>
        Connect(index, new ElasticCredentials { User = "elastic", Password = Password, CaFile = CaFile });

    /// <summary>Sends a body as the administrator.</summary>
    public async Task<JsonNode> AskAsync(string method, string path, JsonNode? body = null)
    {
        using var connection = ConnectAsAdministrator("any");
        using var answer = await connection.AskAsync(
            new ElasticQuestion(method, path, body is null ? default : Encoding.UTF8.GetBytes(body.ToJsonString())), default);
        return JsonNode.Parse(answer.Body.Span)!;
    }

    /// <summary>An API key with the privileges of a role only.</summary>
    public async Task<ElasticCredentials> KeyAsync(JsonNode role)
    {
        var key = await AskAsync("POST", "_security/api_key", new JsonObject
        {
            ["name"] = $"key-{Guid.NewGuid():n}",
            ["role_descriptors"] = new JsonObject { ["only"] = role.DeepClone() },
        });
        return new ElasticCredentials { ApiKey = key["encoded"]!.GetValue<string>(), CaFingerprint = CaFingerprint };
    }

    /// <summary>A role of elastic/ with another index's name in it.</summary>
    public static JsonNode Role(string file, string index) => JsonNode.Parse(
        File.ReadAllText(Path.Combine(GoldenFiles.Repository, "elastic", file))
            .Replace("\"pictures", "\"" + JsonEncodedText.Encode(index), StringComparison.Ordinal))!;

    public async ValueTask DisposeAsync()
    {
        if (_folder is not null)
        {
            await FixturePrograms.RunAsync(0, "stop", _folder.FullName, "--purge");
            _folder.Refresh();
            if (_folder.Exists)
            {
                _folder.Delete(recursive: true);
            }
        }

        _gate.Dispose();
        GC.SuppressFinalize(this);
    }
}

using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Filip.EndToEnd.Tests.Experiments;
using Filip.Testing;

[assembly: AssemblyFixture(typeof(ServedIndex))]

namespace Filip.EndToEnd.Tests.Experiments;

/// <summary>Some sample pictures in an embedded index, made by the program itself; made once, when a test first asks.</summary>
public sealed class ServedIndex : IAsyncDisposable
{
    private const int Pictures = 40;

    private readonly string _folder = Directory.CreateTempSubdirectory("filip-experiments-").FullName;
    private readonly Lazy<Task<string>> _index;

    public ServedIndex() => _index = new Lazy<Task<string>>(MakeAsync);

    /// <summary>The index's folder.</summary>
    public Task<string> PathAsync() => _index.Value;

    /// <summary>An empty folder for one test.</summary>
    public string Folder() => Directory.CreateDirectory(Path.Combine(_folder, Guid.NewGuid().ToString("N"))).FullName;

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task<string> MakeAsync()
    {
        var source = Directory.CreateDirectory(Path.Combine(_folder, "pictures")).FullName;
        foreach (var file in Directory.GetFiles(Path.Combine(GoldenFiles.Samples, "pictures"), "*.jpg").Order().Take(Pictures))
        {
            File.Copy(file, Path.Combine(source, Path.GetFileName(file)));
        }

        var index = Path.Combine(_folder, "index");
        var made = await FilipProcess.RunAsync("index", source, "--to", index, "--model", GoldenFiles.Models, "--quiet");
        Assert.True(made.ExitCode == 0, made.Errors);
        return index;
    }
}

/// <summary>How a run of the program ended.</summary>
public sealed record FilipRun(int ExitCode, string Output, string Errors)
{
    public JsonElement Json => JsonElement.Parse(Output);

    public IEnumerable<string> ErrorLines => Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>The program as users start it.</summary>
public sealed class FilipProcess : IAsyncDisposable
{
    private readonly Process _process;

    private FilipProcess(Process process, string url)
    {
        _process = process;
        Client = new HttpClient { BaseAddress = new Uri(url) };
    }

    public HttpClient Client { get; }

    public static async Task<FilipRun> RunAsync(params string[] args)
    {
        using var process = Start(args);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return new FilipRun(process.ExitCode, await output, await errors);
    }

    /// <summary>Serves an index on a free port.</summary>
    public static async Task<FilipProcess> ServeAsync(string index, string experiment)
    {
        var process = Start(
            "serve", index, "--url", "http://127.0.0.1:0", "--model", GoldenFiles.Models, "--deadline-ms", "10000", "--experiment", experiment);
        var errors = new StringBuilder();
        process.ErrorDataReceived += (_, line) => errors.AppendLine(line.Data);
        process.BeginErrorReadLine();
        var said = await process.StandardOutput.ReadLineAsync();
        Assert.True(said?.StartsWith("listening on ", StringComparison.Ordinal) == true, $"{said} {errors}");
        return new FilipProcess(process, said!["listening on ".Length..]);
    }

    public async Task<JsonElement> SearchAsync(object body, string? session = null, string? forced = null)
    {
        using var request = Post("/v1/search", JsonSerializer.Serialize(body));
        if (session is not null)
        {
            request.Headers.Add("X-Filip-Session", session);
        }

        if (forced is not null)
        {
            request.Headers.Add("X-Filip-Variant", forced);
        }

        using var response = await Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonElement.Parse(text);
    }

    public async Task ClickAsync(string queryId, string session, string picture)
    {
        using var request = Post("/v1/events", JsonSerializer.Serialize(new
        {
            action_name = "click",
            query_id = queryId,
            client_id = session,
            event_attributes = new { @object = new { object_id = picture } },
        }));
        using var response = await Client.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static HttpRequestMessage Post(string route, string json) => new(HttpMethod.Post, route)
    {
        Content = new StringContent(json, Encoding.UTF8, "application/json"),
    };

    private static Process Start(params string[] args)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "filip.dll") },
        };
        foreach (var word in args)
        {
            start.ArgumentList.Add(word);
        }

        return Process.Start(start)!;
    }
}

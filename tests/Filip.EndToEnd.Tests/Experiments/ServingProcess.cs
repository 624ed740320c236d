using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Filip.EndToEnd.Tests.Experiments;

/// <summary>The program serving an experiment, and a client of it.</summary>
internal sealed class ServingProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _client;

    private ServingProcess(Process process, string url)
    {
        _process = process;
        _client = new HttpClient { BaseAddress = new Uri(url) };
    }

    /// <summary>Serves on a free port; nobody's deadline is short on a busy machine.</summary>
    public static async Task<ServingProcess> StartAsync(string index, string experiment)
    {
        var process = FilipProgram.Start(
            new Dictionary<string, string?>(), "serve", index, "--url", "http://127.0.0.1:0", "--deadline-ms", "10000", "--experiment", experiment);
        var errors = new StringBuilder();
        process.ErrorDataReceived += (_, line) => errors.AppendLine(line.Data);
        process.BeginErrorReadLine();
        var said = await process.StandardOutput.ReadLineAsync();
        Assert.True(said?.StartsWith("listening on ", StringComparison.Ordinal) == true, $"{said} {errors}");
        return new ServingProcess(process, said!["listening on ".Length..]);
    }

    /// <summary>Searches.</summary>
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

        using var response = await _client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonElement.Parse(text);
    }

    /// <summary>Reports a click.</summary>
    public async Task ClickAsync(string queryId, string session, string picture)
    {
        using var request = Post("/v1/events", JsonSerializer.Serialize(new
        {
            action_name = "click",
            query_id = queryId,
            client_id = session,
            event_attributes = new { @object = new { object_id = picture } },
        }));
        using var response = await _client.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Kills it: what it acknowledged must be kept all the same.</summary>
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static HttpRequestMessage Post(string route, string json) => new(HttpMethod.Post, route)
    {
        Content = new StringContent(json, Encoding.UTF8, "application/json"),
    };
}

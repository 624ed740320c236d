using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Filip.EndToEnd.Tests;

namespace Filip.Elastic.Tests.Nodes;

/// <summary><c>filip serve</c> as a process before the cluster, and what is asked of it.</summary>
internal sealed class ServedCluster : IAsyncDisposable
{
    private static readonly string[] s_queries =
        ["a yellow moon", "a red house", "a black cat beside a tree", "a boat", "two green birds", "a blue flower", "a dog"];

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(30);

    private readonly Process _process;
    private readonly HttpClient _client;

    private ServedCluster(Process process, Uri url)
    {
        _process = process;
        _client = new HttpClient { BaseAddress = url, Timeout = TimeSpan.FromSeconds(30) };
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<ServedCluster> StartAsync(string index)
    {
        var process = FilipProgram.Start(
            new Dictionary<string, string?> { ["FILIP_ELASTICSEARCH_API_KEY"] = null },
            "serve", index, "--url", "http://127.0.0.1:0", "--deadline-ms", "5000");
        process.BeginErrorReadLine(); // its log; nobody reads it, and a full pipe would stop it
        string? line;
        do
        {
            line = await process.StandardOutput.ReadLineAsync(Stop);
        }
        while (line is not null && !line.StartsWith("listening on ", StringComparison.Ordinal));
        Assert.NotNull(line);
        _ = process.StandardOutput.ReadToEndAsync(Stop);
        return new ServedCluster(process, new Uri(line["listening on ".Length..]));
    }

    /// <summary>Searches, once more where it fails, until told to stop.</summary>
    public async Task<Searches> SearchAsync(CancellationToken enough)
    {
        var searches = new Searches();
        while (!enough.IsCancellationRequested)
        {
            var query = s_queries[searches.Asked++ % s_queries.Length];
            if (!await AskAsync(query, searches))
            {
                searches.FailedFirst++;
                searches.FailedTwice += await AskAsync(query, searches) ? 0 : 1;
            }

            await Task.Delay(s_pause, Stop); // a load, not a flood: the nodes that start need the processors too
        }

        return searches;
    }

    /// <summary>Status and body of the readiness check.</summary>
    public async Task<(HttpStatusCode Status, string Body)> ReadyAsync()
    {
        using var answer = await _client.GetAsync(new Uri("/health/ready", UriKind.Relative), Stop);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Stop));
    }

    /// <summary>Waits until the readiness check answers so.</summary>
    public async Task<string> WaitAsync(HttpStatusCode status, TimeSpan patience)
    {
        var until = DateTime.UtcNow + patience;
        while (true)
        {
            var (found, body) = await ReadyAsync();
            if (found == status)
            {
                return body;
            }

            Assert.True(DateTime.UtcNow < until, $"/health/ready answers {found}, expected {status} within {patience}: {body}");
            await Task.Delay(100, Stop);
        }
    }

    /// <summary>The sum of a metric's samples whose line holds a text; null where there is none.</summary>
    public async Task<double?> MetricAsync(string name, string label = "")
    {
        var text = await _client.GetStringAsync(new Uri("/metrics", UriKind.Relative), Stop);
        double[] samples = [.. text.Split('\n')
            .Where(line => (line.StartsWith(name + "{", StringComparison.Ordinal) || line.StartsWith(name + " ", StringComparison.Ordinal))
                && line.Contains(label, StringComparison.Ordinal))
            .Select(line => double.Parse(line[(line.LastIndexOf('}') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture))];
        return samples.Length == 0 ? null : samples.Sum();
    }

    /// <summary>Waits until a metric has a value.</summary>
    public async Task WaitForMetricAsync(string name, double value, TimeSpan patience)
    {
        var until = DateTime.UtcNow + patience;
        while (await MetricAsync(name) is var found && found != value)
        {
            Assert.True(DateTime.UtcNow < until, $"{name} is {found}, expected {value} within {patience}.");
            await Task.Delay(100, Stop);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<bool> AskAsync(string query, Searches searches)
    {
        try
        {
            using var answer = await _client.PostAsJsonAsync(new Uri("/v1/search", UriKind.Relative), new { query, top = 5, candidates = 100 }, Stop);
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                searches.Reasons.Add($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(Stop)}");
                return false;
            }

            var json = await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
            var degraded = json.GetProperty("degraded").GetBoolean();
            searches.Degraded += degraded ? 1 : 0;

            // Less than was asked for, and nothing said of it, would be the silent kind of failure.
            return degraded || json.GetProperty("results").GetArrayLength() == 5;
        }
        catch (HttpRequestException problem)
        {
            searches.Reasons.Add(problem.Message);
            return false;
        }
    }
}

/// <summary>How searches went.</summary>
internal sealed class Searches
{
    public int Asked { get; set; }

    public int FailedFirst { get; set; }

    public int FailedTwice { get; set; }

    public int Degraded { get; set; }

    public List<string> Reasons { get; } = [];
}

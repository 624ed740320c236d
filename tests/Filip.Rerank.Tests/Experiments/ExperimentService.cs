using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Filip.Rerank.Experiments;
using Filip.Rerank.Patches;
using Filip.Rerank.Search;
using Filip.Rerank.Tests.Search;
using Filip.Rerank.Tests.Service;

namespace Filip.Rerank.Tests.Experiments;

/// <summary>The real service with an experiment, its event file in a folder of its own.</summary>
public sealed class ExperimentService : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("filip-experiment-").FullName;
    private RunningService _running = null!;

    public string EventFile => Path.Combine(_folder, "events.jsonl");

    public string KillFile => Path.Combine(_folder, "kill");

    public HttpClient Client => _running.Client;

    public static async Task<ExperimentService> StartAsync(
        SampleIndex sample,
        ExperimentMode mode,
        string a = "recall",
        string b = "rerank",
        IPatchStore? store = null,
        Func<ExperimentOptions, ExperimentOptions>? change = null,
        SearchOptions? search = null)
    {
        var service = new ExperimentService();
        var options = new ExperimentOptions
        {
            Name = "test",
            Mode = mode,
            A = ExperimentVariant.Parse(a),
            B = ExperimentVariant.Parse(b),
            Plan = "as planned",
            Policy = new PlainPolicy(),
            OpenEvents = () => EventLines.Open(service.EventFile),
            KillFile = service.KillFile,
        };
        service._running = await RunningService.StartAsync(
            sample,
            server => server with { Experiment = change?.Invoke(options) ?? options },
            store,
            parts => parts with { Options = search ?? parts.Options });
        return service;
    }

    public async Task<JsonElement> SearchAsync(string json, string? session = null, string? forced = null)
    {
        using var response = await PostAsync("/v1/search", json, session, forced);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{response.StatusCode}: {body}");
        return JsonElement.Parse(body);
    }

    public async Task<HttpResponseMessage> PostAsync(string route, string json, string? session = null, string? forced = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, route)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (session is not null)
        {
            request.Headers.Add("X-Filip-Session", session);
        }

        if (forced is not null)
        {
            request.Headers.Add("X-Filip-Variant", forced);
        }

        return await Client.SendAsync(request);
    }

    /// <summary>Waits until the event file has so many lines: a page is recorded once it is out.</summary>
    public async Task<List<JsonElement>> LinesAsync(int count)
    {
        while (true)
        {
            using var file = new FileStream(EventFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(file);
            var text = await reader.ReadToEndAsync();
            if (text.EndsWith('\n') && text.Count(c => c == '\n') >= count)
            {
                return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];
            }

            await Task.Delay(5);
        }
    }

    public static IEnumerable<string> Ids(JsonElement answer) =>
        answer.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("id").GetString()!);

    public static JsonElement Echo(JsonElement answer) => answer.GetProperty("experiment");

    public static JsonElement Own(JsonElement line) => line.GetProperty("event_attributes").GetProperty("experiment");

    public async ValueTask DisposeAsync()
    {
        await _running.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>Decisions that a test can foresee: B for sessions that end in an odd digit, picks in turns.</summary>
public sealed class PlainPolicy : IExperimentPolicy
{
    public bool TakesB(string session) => (session[^1] - '0') % 2 == 1;

    public IReadOnlyList<TeamPick> Interleave(IReadOnlyList<string> a, IReadOnlyList<string> b, string session, string query)
    {
        List<TeamPick> picks = [];
        HashSet<string> taken = [];
        foreach (var (left, right) in a.Zip(b))
        {
            foreach (var (id, team) in new[] { (left, "a"), (right, "b") })
            {
                if (taken.Add(id))
                {
                    picks.Add(new TeamPick(id, team));
                }
            }
        }

        foreach (var (rest, team) in new[] { (a, "a"), (b, "b") })
        {
            picks.AddRange(rest.Where(taken.Add).Select(id => new TeamPick(id, team)));
        }

        return picks;
    }
}

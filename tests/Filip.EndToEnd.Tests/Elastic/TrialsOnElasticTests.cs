using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Filip.Testing;

namespace Filip.EndToEnd.Tests.Elastic;

/// <summary>Cases after faults of neighbouring tools, on the real server and by the program, beside the embedded index.</summary>
public sealed class TrialsOnElasticTests
{
    private const string NoTrials = "../shared/trials is not there.";

    [Fact]
    public async Task Typed_filters_find_the_same_pictures_by_command_and_by_service()
    {
        var folder = Trial("typed-filters");
        using var expected = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(folder, "expected.json"), TestContext.Current.CancellationToken));
        await using var place = new ElasticPlace();
        (await FilipProgram.RunAsync("index", Path.Combine(folder, "manifest.jsonl"), "--to", place.Url, "--quiet")).Expect(0);

        foreach (var line in expected.RootElement.GetProperty("command line").EnumerateObject())
        {
            string[] filters = [.. line.Name.Split(" and ").SelectMany(filter => (string[])["--filter", filter])];
            var answer = (await FilipProgram.RunAsync(["search", place.Url, "a red circle", "--top", "10", "--output", "json", .. filters])).Json();
            Assert.Equal(Ids(line.Value), Found(answer));
        }

        var misspelt = await FilipProgram.RunAsync("search", place.Url, "a red circle", "--filter", "colour=red", "--output", "json");
        Assert.Empty(Found(misspelt.Json()));
        Assert.Contains("colour", misspelt.Stderr, StringComparison.Ordinal);

        using var process = FilipProgram.Start(new Dictionary<string, string?>(), "serve", place.Url, "--url", "http://127.0.0.1:0");
        try
        {
            await FilterByServiceAsync(await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken), expected.RootElement.GetProperty("service"));
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public async Task Awkward_attributes_cost_no_picture_and_both_targets_hold_the_same()
    {
        var manifest = Path.Combine(Trial("awkward-attributes"), "manifest.jsonl");
        await using var place = new ElasticPlace();
        using var scratch = new ScratchFolder();
        List<IReadOnlyList<string>> held = [];
        foreach (var target in (string[])[place.Url, scratch.At("index")])
        {
            var run = await FilipProgram.RunAsync(
                "index", manifest, "--to", target, "--output", "json", "--quiet", "--dead-letters", scratch.At("letters.jsonl"));
            Assert.True(run.ExitCode is 0 or 3, run.Stderr);
            var summary = run.Json(run.ExitCode);
            var failed = summary.GetProperty("failed").GetInt64();
            Assert.Equal(8, summary.GetProperty("indexed").GetInt64() + failed);
            Assert.Equal(run.ExitCode == 3, failed > 0);
            held.Add(Found((await FilipProgram.RunAsync("search", target, "a red circle", "--top", "10", "--output", "json")).Json()));
        }

        Assert.Equal(held[1], held[0]);
        Assert.Subset(held[0].ToHashSet(), new HashSet<string> { "a1", "a2", "a3", "a5" });
        Assert.DoesNotContain("x9", held[0]);
    }

    private static async Task FilterByServiceAsync(string? line, JsonElement questions)
    {
        var stop = TestContext.Current.CancellationToken;
        using var client = new HttpClient { BaseAddress = new Uri(line!["listening on ".Length..]) };
        foreach (var question in questions.EnumerateArray())
        {
            using var answer = await client.PostAsJsonAsync(
                "/v1/search", new { query = "a red circle", top = 10, deadline_ms = 10_000, filter = question.GetProperty("filter") }, stop);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(Ids(question.GetProperty("ids")), Found(await answer.Content.ReadFromJsonAsync<JsonElement>(stop)));
        }
    }

    private static string Trial(string name)
    {
        Assert.SkipWhen(GoldenFiles.Trials is null, NoTrials);
        return Path.Combine(GoldenFiles.Trials!, name);
    }

    private static IReadOnlyList<string> Ids(JsonElement ids) => [.. ids.EnumerateArray().Select(id => id.GetString()!).Order(StringComparer.Ordinal)];

    private static IReadOnlyList<string> Found(JsonElement answer) =>
        [.. answer.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("id").GetString()!).Order(StringComparer.Ordinal)];
}

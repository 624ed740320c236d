using System.Net;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Filip.EndToEnd.Tests;

/// <summary>The service as a process: it says where it listens, answers, and ends when told.</summary>
public sealed class ServingTests(SampleIndex samples)
{
    [Fact]
    public async Task Serve_prints_its_address_answers_and_ends_at_sigterm()
    {
        using var process = FilipProgram.Start(new Dictionary<string, string?>(), "serve", samples.Path, "--url", "http://127.0.0.1:0");
        try
        {
            var stop = TestContext.Current.CancellationToken;
            var line = await process.StandardOutput.ReadLineAsync(stop);
            Assert.StartsWith("listening on http://127.0.0.1:", line, StringComparison.Ordinal);
            using var client = new HttpClient { BaseAddress = new Uri(line!["listening on ".Length..]) };
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/ready", stop)).StatusCode);
            using var answer = await client.PostAsJsonAsync("/v1/search", new { query = "a yellow moon", top = 3, deadline_ms = 10_000 }, stop);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var json = await answer.Content.ReadFromJsonAsync<JsonElement>(stop);
            Assert.Equal(3, json.GetProperty("results").GetArrayLength());
            Assert.False(json.GetProperty("degraded").GetBoolean());

            Assert.Equal(0, Kill(process.Id, 15));
            await process.WaitForExitAsync(stop);
            Assert.Equal(0, process.ExitCode);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    [Fact]
    public async Task Serve_beyond_this_machine_without_a_key_does_not_start()
    {
        var run = await FilipProgram.RunAsync(
            new Dictionary<string, string?> { ["FILIP_API_KEYS"] = null }, "serve", samples.Path, "--url", "http://0.0.0.0:0");
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("FILIP_API_KEYS", run.Stderr, StringComparison.Ordinal);
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
}

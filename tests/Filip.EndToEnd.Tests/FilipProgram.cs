using System.Diagnostics;
using System.Text.Json;
using Filip.Testing;

namespace Filip.EndToEnd.Tests;

/// <summary>Runs the program itself, as a user would.</summary>
internal static class FilipProgram
{
    /// <summary>The program beside the tests.</summary>
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "filip.dll");

    /// <summary>Runs it to its end.</summary>
    public static Task<Finished> RunAsync(params string[] words) => RunAsync(new Dictionary<string, string?>(), words);

    /// <summary>Runs it to its end, with variables of the environment.</summary>
    public static async Task<Finished> RunAsync(IReadOnlyDictionary<string, string?> environment, params string[] words)
    {
        using var process = Start(environment, words);
        var stdout = process.StandardOutput.ReadToEndAsync();
        var stderr = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new Finished(process.ExitCode, await stdout, await stderr);
    }

    /// <summary>Starts it; the caller ends it.</summary>
    public static Process Start(IReadOnlyDictionary<string, string?> environment, params string[] words)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = GoldenFiles.Repository,
        };
        start.ArgumentList.Add(Path);
        foreach (var word in words)
        {
            start.ArgumentList.Add(word);
        }

        start.Environment["FILIP_SAMPLES"] = null;
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}

/// <summary>How a run ended.</summary>
internal sealed record Finished(int ExitCode, string Stdout, string Stderr)
{
    /// <summary>Stdout as JSON, after a look at the exit code.</summary>
    public JsonElement Json(int exitCode = 0)
    {
        Expect(exitCode);
        using var json = JsonDocument.Parse(Stdout);
        return json.RootElement.Clone();
    }

    /// <summary>Fails with what the program said where the exit code is another.</summary>
    public Finished Expect(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"exit code {ExitCode}, expected {exitCode}.\nstdout: {Stdout}\nstderr: {Stderr}");
        return this;
    }

    /// <summary>Fails unless exactly one line of complaint was said, without a stack trace.</summary>
    public string ExpectOneLine(int exitCode)
    {
        Expect(exitCode);
        var line = Assert.Single(Stderr.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("filip: ", line, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", Stderr, StringComparison.Ordinal);
        return line;
    }
}

using System.Diagnostics;
using System.Runtime.InteropServices;
using Filip.Testing;

namespace Filip.Elastic.Tests.Nodes;

/// <summary>The programs of ../shared/elasticsearch, which start, kill and end real servers.</summary>
internal static class FixturePrograms
{
    private static readonly string s_folder = Path.Combine(GoldenFiles.Repository, "..", "shared", "elasticsearch");

    /// <summary>Skips the test, with the reason, where no server can be started.</summary>
    public static void Need()
    {
        Assert.SkipUnless(Directory.Exists(s_folder), "The Elasticsearch fixture (../shared/elasticsearch) is not here.");
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64, "The Elasticsearch fixture runs on Linux on x86_64 only.");
    }

    /// <summary>Runs one to its end and gives back the lines it printed, as many as are asked for.</summary>
    public static async Task<string[]> RunAsync(int lines, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(s_folder, program));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // Its nodes live on and keep the pipes open: the end of a file would never come, the program's own does.
        using var process = Process.Start(start)!;
        var said = ReadLinesAsync(process.StandardOutput, lines);
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? await said : throw new InvalidOperationException($"{program} failed: {await errors}");
    }

    private static async Task<string[]> ReadLinesAsync(StreamReader output, int count)
    {
        var lines = new List<string>(count);
        while (lines.Count < count && await output.ReadLineAsync() is { } line)
        {
            lines.Add(line.Trim());
        }

        return [.. lines];
    }
}

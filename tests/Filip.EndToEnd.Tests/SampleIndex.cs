using Filip.Testing;

[assembly: AssemblyFixture(typeof(Filip.EndToEnd.Tests.SampleIndex))]

namespace Filip.EndToEnd.Tests;

/// <summary>The samples, indexed once by the program for all tests that only read.</summary>
public sealed class SampleIndex : IAsyncLifetime
{
    private readonly ScratchFolder _folder = new();

    /// <summary>The index.</summary>
    public string Path => _folder.At("index");

    /// <summary>What <c>filip demo --output json</c> printed when it made the index.</summary>
    public string DemoAnswer { get; private set; } = "";

    /// <summary>The HTML report.</summary>
    public string Report => _folder.At("report.html");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() =>
        DemoAnswer = (await FilipProgram.RunAsync(
            "demo", "--samples", GoldenFiles.Samples, "--to", Path, "--report", Report, "--output", "json", "--quiet")).Expect(0).Stdout;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}

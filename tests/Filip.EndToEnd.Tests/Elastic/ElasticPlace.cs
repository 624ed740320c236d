namespace Filip.EndToEnd.Tests.Elastic;

/// <summary>A name on the real server that nobody else uses, as a user would write it; what was made under it goes with it.</summary>
internal sealed class ElasticPlace : IAsyncDisposable
{
    private static readonly HttpClient s_client = new();

    /// <summary>Takes a name, or skips the test where there is no server.</summary>
    public ElasticPlace()
    {
        var server = Environment.GetEnvironmentVariable("FILIP_TEST_ELASTICSEARCH");
        Assert.SkipWhen(
            string.IsNullOrEmpty(server),
            "FILIP_TEST_ELASTICSEARCH names no server: run ./filip test --elasticsearch compose, or start one and set it.");
        Url = $"{server!.TrimEnd('/')}/e{Guid.NewGuid():n}";
    }

    /// <summary>The index's URL.</summary>
    public string Url { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // By name: a server may refuse to delete by wildcard.
        for (var generation = 1; generation <= 3; generation++)
        {
            using var gone = await s_client.DeleteAsync(new Uri($"{Url}-{generation:D6}"), CancellationToken.None);
        }
    }
}

using Filip.Recall.Elastic;

namespace Filip.Elastic.Tests;

/// <summary>The real server that FILIP_TEST_ELASTICSEARCH names; without it these tests are skipped, and say so.</summary>
internal static class RealElastic
{
    private static int s_names;

    /// <summary>The server's URL, or the test is skipped.</summary>
    public static string Url
    {
        get
        {
            var url = Environment.GetEnvironmentVariable("FILIP_TEST_ELASTICSEARCH");
            Assert.SkipWhen(
                string.IsNullOrEmpty(url),
                "FILIP_TEST_ELASTICSEARCH names no server: run ./filip test --elasticsearch compose, or start one and set it.");
            return url!.TrimEnd('/');
        }
    }

    /// <summary>A connection to an index name that nobody else uses.</summary>
    public static ElasticConnection Connect(ElasticOptions? options = null) => new(
        ElasticAddress.Parse($"{Url}/t{Environment.ProcessId}-{Interlocked.Increment(ref s_names)}-{Guid.NewGuid():n}"),
        options: options);

    /// <summary>Removes the generations of a connection's name.</summary>
    public static async Task DropAsync(ElasticConnection connection)
    {
        foreach (var name in await new ElasticGenerations(connection).ListAsync(default))
        {
            using var answer = await connection.AskAsync(
                new ElasticQuestion("DELETE", name) { MayBeMissing = true }, default);
        }
    }
}

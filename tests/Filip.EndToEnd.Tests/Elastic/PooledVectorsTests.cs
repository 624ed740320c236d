using Filip.Testing;

namespace Filip.EndToEnd.Tests.Elastic;

/// <summary><c>filip index --pooled-vectors</c>, as a user would say it.</summary>
public sealed class PooledVectorsTests
{
    [Fact]
    public async Task Pictures_of_several_vectors_are_indexed_found_verified_and_the_next_run_must_say_the_same()
    {
        await using var place = new ElasticPlace();
        using var scratch = new ScratchFolder();
        var manifest = scratch.At("some.jsonl");
        var pictures = Path.Combine(GoldenFiles.Samples, "pictures");
        await File.WriteAllLinesAsync(
            manifest,
            File.ReadLines(Path.Combine(GoldenFiles.Samples, "manifest.jsonl")).Take(24)
                .Select(line => line.Replace("pictures/", pictures + "/", StringComparison.Ordinal)),
            TestContext.Current.CancellationToken);
        var first = (await IndexAsync(manifest, place.Url, "centroids:4")).Json();
        Assert.Equal((24, 0), (first.GetProperty("indexed").GetInt32(), first.GetProperty("failed").GetInt32()));

        var found = (await FilipProgram.RunAsync("search", place.Url, "a yellow pine", "--output", "json")).Json();
        Assert.False(found.GetProperty("degraded").GetBoolean());
        Assert.Equal(10, found.GetProperty("results").GetArrayLength());
        (await FilipProgram.RunAsync("search", place.Url, "a yellow pine", "--lexical", "--recall-only", "--output", "json")).Expect(0);
        (await FilipProgram.RunAsync("verify", place.Url)).Expect(0);

        var other = await FilipProgram.RunAsync("index", manifest, "--to", place.Url);
        Assert.Equal(2, other.ExitCode);
        Assert.Contains("--pooled-vectors centroids:4", other.Stderr, StringComparison.Ordinal);
        Assert.Equal(24, (await IndexAsync(manifest, place.Url, "centroids:4")).Json().GetProperty("unchanged").GetInt32());
    }

    [Fact]
    public async Task An_embedded_index_refuses_several_vectors_before_it_is_made()
    {
        using var scratch = new ScratchFolder();
        var refused = await IndexAsync(Path.Combine(GoldenFiles.Samples, "manifest.jsonl"), scratch.At("index"), "centroids:8");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("Elasticsearch", refused.Stderr, StringComparison.Ordinal);
        Assert.False(Directory.Exists(scratch.At("index")));
        Assert.Equal(2, (await IndexAsync(GoldenFiles.Samples, scratch.At("index"), "centroids:1")).ExitCode);
    }

    private static Task<Finished> IndexAsync(string source, string place, string kind) =>
        FilipProgram.RunAsync("index", source, "--to", place, "--pooled-vectors", kind, "--output", "json", "--quiet");
}

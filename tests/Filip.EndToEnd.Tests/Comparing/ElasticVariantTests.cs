using Filip.EndToEnd.Tests.Elastic;
using Filip.Testing;

namespace Filip.EndToEnd.Tests.Comparing;

/// <summary>Elasticsearch and the embedded index are the same to a comparison.</summary>
public sealed class ElasticVariantTests(SampleIndex samples)
{
    [Fact]
    public async Task An_index_on_elasticsearch_answers_as_the_embedded_one()
    {
        await using var place = new ElasticPlace();
        using var scratch = new ScratchFolder();
        (await FilipProgram.RunAsync(
            "index", Path.Combine(GoldenFiles.Samples, "manifest.jsonl"), "--to", place.Url, "--vector-index", "flat", "--quiet")).Expect(0);
        var answer = (await FilipProgram.RunAsync(
            "compare", place.Url, "--queries", await SampleQueries.WriteAsync(scratch), "--qrels", SampleQueries.Qrels, "--quiet", "--output", "json",
            "--a", "rerank:codec=int8", "--b", $"rerank:codec=int8,index={samples.Path}", "--candidates", "30", "--metrics", "ndcg@10",
            "--save-run-a", scratch.At("a.run"), "--save-run-b", scratch.At("b.run"), "--report", scratch.At("r.html"), "--pictures", GoldenFiles.Samples)).Json();
        Assert.Equal(SampleQueries.Read(scratch.At("a.run")), SampleQueries.Read(scratch.At("b.run")));
        Assert.Equal(
            answer.GetProperty("a").GetProperty("bytes_per_picture").GetDouble(), answer.GetProperty("b").GetProperty("bytes_per_picture").GetDouble());
    }
}

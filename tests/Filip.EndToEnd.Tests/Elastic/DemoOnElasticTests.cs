using System.Text.Json;
using Filip.Testing;

namespace Filip.EndToEnd.Tests.Elastic;

/// <summary>The demo on a real Elasticsearch: the main job by naming a URL.</summary>
public sealed class DemoOnElasticTests(SampleIndex samples)
{
    [Fact]
    public async Task The_figures_equal_those_of_the_embedded_index()
    {
        await using var place = new ElasticPlace();
        using var scratch = new ScratchFolder();
        var answer = (await FilipProgram.RunAsync(
            "demo", "--samples", GoldenFiles.Samples, "--to", place.Url, "--report", scratch.At("report.html"), "--output", "json", "--quiet")).Json();
        using var embedded = JsonDocument.Parse(samples.DemoAnswer);
        Assert.Equal(embedded.RootElement.GetProperty("pictures").GetInt64(), answer.GetProperty("pictures").GetInt64());
        foreach (var stage in (string[])["recall", "rerank"])
        {
            foreach (var metric in embedded.RootElement.GetProperty("metrics").GetProperty(stage).EnumerateObject())
            {
                Assert.Equal(metric.Value.GetDouble(), answer.GetProperty("metrics").GetProperty(stage).GetProperty(metric.Name).GetDouble(), 1e-9);
            }
        }
    }
}

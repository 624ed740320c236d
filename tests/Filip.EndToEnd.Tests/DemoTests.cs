using System.Text.Json;
using Filip.Testing;

namespace Filip.EndToEnd.Tests;

/// <summary>The demo's figures against those of an independent implementation.</summary>
public sealed class DemoTests(SampleIndex samples)
{
    // JPEG decoders differ by up to 3 levels. One query of 200 is 5e-3, so the tolerance is one such step, and a hair for the subtraction.
    private const double Tolerance = 5e-3 + 1e-9;

    [Theory]
    [InlineData("recall", "pooled")]
    [InlineData("rerank", "pooled:100 then filip-t2i")]
    public void Figures_equal_the_reference(string ours, string theirs)
    {
        using var answer = JsonDocument.Parse(samples.DemoAnswer);
        using var reference = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(GoldenFiles.Samples, "reference.json")));
        foreach (var metric in (string[])["ndcg@10", "mrr", "success@1", "recall@10"])
        {
            var expected = reference.RootElement.GetProperty("metrics").GetProperty(theirs).GetProperty(metric).GetDouble();
            var found = answer.RootElement.GetProperty("metrics").GetProperty(ours).GetProperty(metric).GetDouble();
            Assert.True(Math.Abs(expected - found) <= Tolerance, $"{ours} {metric}: found {found}, reference {expected}.");
        }
    }

    [Fact]
    public void Stage_two_is_clearly_ahead_and_the_answer_has_the_documented_shape()
    {
        using var answer = JsonDocument.Parse(samples.DemoAnswer);
        var metrics = answer.RootElement.GetProperty("metrics");
        Assert.True(metrics.GetProperty("rerank").GetProperty("ndcg@10").GetDouble()
            > metrics.GetProperty("recall").GetProperty("ndcg@10").GetDouble() + 0.1);
        Assert.Equal(["pictures", "queries", "metrics", "report"], answer.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal(samples.Report, answer.RootElement.GetProperty("report").GetString());
    }

    [Fact]
    public async Task A_second_demo_sends_nothing_and_gives_the_same_figures()
    {
        var second = await FilipProgram.RunAsync(
            "demo", "--samples", GoldenFiles.Samples, "--to", samples.Path, "--report", samples.Report, "--output", "json");
        Assert.Equal(samples.DemoAnswer, second.Expect(0).Stdout);
        Assert.Contains("0 pictures indexed", second.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void The_report_is_one_file_that_fetches_nothing()
    {
        var html = File.ReadAllText(samples.Report);
        Assert.Contains("data:image/", html, StringComparison.Ordinal);
        Assert.DoesNotContain("src=\"http", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("href=\"http", html, StringComparison.OrdinalIgnoreCase);
    }
}

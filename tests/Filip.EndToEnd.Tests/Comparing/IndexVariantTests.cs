using Filip.Testing;

namespace Filip.EndToEnd.Tests.Comparing;

/// <summary>Variants that search an index: their orders, what they cost, the pages.</summary>
public sealed class IndexVariantTests(SampleIndex samples)
{
    [Fact]
    public async Task Rerank_beats_recall_on_the_samples_and_the_answer_says_at_what_cost()
    {
        using var scratch = new ScratchFolder();
        var run = await CompareAsync(
            scratch, "recall:candidates=60", "rerank:candidates=60", "--metrics", "ndcg@10", "--level", "3", "--report", scratch.At("r", "report.html"),
            "--judge", scratch.At("judge.html"), "--pictures", GoldenFiles.Samples, "--sweep", "candidates=20;codec=f16,int8");
        var answer = run.Json();
        var (a, b) = (answer.GetProperty("a"), answer.GetProperty("b"));
        Assert.True(b.GetProperty("metrics").GetProperty("ndcg@10").GetDouble() > a.GetProperty("metrics").GetProperty("ndcg@10").GetDouble());
        Assert.True(b.GetProperty("latency_p95_ms").GetDouble() >= b.GetProperty("latency_p50_ms").GetDouble());
        Assert.True(b.GetProperty("bytes_per_picture").GetDouble() > 10 * a.GetProperty("bytes_per_picture").GetDouble());
        Assert.Equal(60, answer.GetProperty("recall_ceiling").GetProperty("k").GetInt32());
        Assert.Equal(64, answer.GetProperty("experiment").GetProperty("fingerprint").GetString()!.Length);
        var sweep = answer.GetProperty("sweep").EnumerateArray().ToList();
        Assert.Equal(["f16", "int8"], sweep.Select(point => point.GetProperty("codec").GetString()));
        Assert.True(sweep[1].GetProperty("bytes_per_picture").GetDouble() < 0.6 * sweep[0].GetProperty("bytes_per_picture").GetDouble());
        Assert.Equal(sweep[0].GetProperty("quality").GetDouble(), sweep[1].GetProperty("quality").GetDouble(), 0.02);

        var report = await File.ReadAllTextAsync(scratch.At("r", "report.html"), TestContext.Current.CancellationToken);
        Assert.Contains("data:image/jpeg;base64,", report, StringComparison.Ordinal);
        Assert.Contains("Quality against cost", report, StringComparison.Ordinal);
        var judge = await File.ReadAllTextAsync(scratch.At("judge.html"), TestContext.Current.CancellationToken);
        Assert.Contains("data:image/jpeg;base64,", judge, StringComparison.Ordinal);
        Assert.DoesNotContain("rerank", judge, StringComparison.Ordinal);
        Assert.DoesNotContain("recall", judge, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rerank", "fused:weight=1")]
    [InlineData("recall", "fused:weight=0,method=z")]
    [InlineData("rerank:codec=f16", "rerank:contract=filip-t2i,codec=f16")]
    public async Task Two_names_of_one_order_give_the_same_answers(string a, string b)
    {
        using var scratch = new ScratchFolder();
        var (first, second) = await AnswersAsync(scratch, a, b);
        Assert.Equal(first, second);
    }

    [Theory]
    [InlineData("rerank", "recall")]
    [InlineData("rerank", "fused:method=rrf")]
    [InlineData("rerank", "rerank:contract=filip-i2t")]
    [InlineData("recall", "recall:lexical=true")]
    public async Task Two_orders_give_other_answers(string a, string b)
    {
        using var scratch = new ScratchFolder();
        var (first, second) = await AnswersAsync(scratch, a, b);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task Top_cuts_answers_and_not_the_candidates()
    {
        using var scratch = new ScratchFolder();
        var answer = (await CompareAsync(scratch, "recall", "rerank", "--candidates", "40", "--top", "5", "--save-run-b", scratch.At("b.run"))).Json();
        Assert.All(SampleQueries.Read(scratch.At("b.run")).Values, ids => Assert.Equal(5, ids.Count));
        Assert.Equal(40, answer.GetProperty("recall_ceiling").GetProperty("k").GetInt32());
    }

    [Fact]
    public async Task A_saved_run_compares_like_the_search_it_came_from()
    {
        using var scratch = new ScratchFolder();
        var live = (await CompareAsync(
            scratch, "recall:candidates=30", "rerank:candidates=30", "--save-run-a", scratch.At("a.jsonl"), "--save-run-b", scratch.At("b.run"))).Json();
        var saved = (await CompareAsync(scratch, $"run:{scratch.At("a.jsonl")}", $"run:{scratch.At("b.run")}")).Json();
        Assert.Equal(live.GetProperty("differences").GetRawText(), saved.GetProperty("differences").GetRawText());
    }

    [Theory]
    [InlineData("recall:candidate=10", "candidates, lexical, index")]
    [InlineData("rerank:index=no-such-index", "no-such-index")]
    public async Task What_cannot_be_searched_is_one_line(string spec, string said)
    {
        using var scratch = new ScratchFolder();
        Assert.Contains(said, (await CompareAsync(scratch, "recall", spec)).ExpectOneLine(2), StringComparison.Ordinal);
    }

    private async Task<(Dictionary<string, List<string>> A, Dictionary<string, List<string>> B)> AnswersAsync(ScratchFolder scratch, string a, string b)
    {
        (await CompareAsync(
            scratch, a, b, "--candidates", "30", "--metrics", "ndcg@10", "--save-run-a", scratch.At("a.run"), "--save-run-b", scratch.At("b.run"))).Expect(0);
        return (SampleQueries.Read(scratch.At("a.run")), SampleQueries.Read(scratch.At("b.run")));
    }

    private async Task<Finished> CompareAsync(ScratchFolder scratch, string a, string b, params string[] more) => await FilipProgram.RunAsync(
        [
            "compare", samples.Path, "--queries", await SampleQueries.WriteAsync(scratch), "--qrels", SampleQueries.Qrels,
            "--a", a, "--b", b, "--permutations", "1000", "--output", "json", "--quiet", .. more,
        ]);
}

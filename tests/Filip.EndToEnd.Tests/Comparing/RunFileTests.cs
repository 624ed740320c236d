using System.Text.Json;

namespace Filip.EndToEnd.Tests.Comparing;

/// <summary>Two run files are compared without an index: values, locales, gates, broken files.</summary>
public sealed class RunFileTests
{
    [Fact]
    public async Task Queries_of_a_quepid_export_come_through_whole()
    {
        using var scratch = new ScratchFolder();
        var run = await TrialRuns.CompareAsync("quepid-rows", "ratings.csv", null, "--per-query", scratch.At("per.csv"), "--output", "json");
        TrialRuns.ExpectValues("quepid-rows", run.Json());
        Assert.Contains("3 queries have no rating", run.Stderr, StringComparison.Ordinal);
        Assert.Equal(["unrated", "nodocs", "short"], run.Json().GetProperty("unrated").EnumerateArray().Select(query => query.GetString()));
        var lines = await File.ReadAllLinesAsync(scratch.At("per.csv"), TestContext.Current.CancellationToken);
        Assert.Equal("query,metric,a,b", lines[0]);
        Assert.Contains(lines, line => line.StartsWith("\"red,round\",ndcg@10,", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("\"5\"\"-lens\",mrr,", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_same_bytes_come_out_under_every_locale_and_from_either_form_of_judgements()
    {
        const string Trial = "scores-in-another-locale";
        using var scratch = new ScratchFolder();
        string[]? first = null;
        foreach (var locale in (string[])["C", "de_DE.UTF-8", "tr_TR.UTF-8", "ar_SA.UTF-8"])
        {
            foreach (var judgements in (string[])["qrels.txt", "ratings.csv"])
            {
                var run = await TrialRuns.CompareAsync(
                    Trial, judgements, locale, "--per-query", scratch.At("per.csv"), "--report", scratch.At("r.html"), "--output", "json");
                TrialRuns.ExpectValues(Trial, run.Json());
                string[] bytes = [run.Stdout, File.ReadAllText(scratch.At("per.csv")), File.ReadAllText(scratch.At("r.html"))];
                first ??= bytes;
                Assert.Equal(first, bytes);
            }
        }
    }

    [Fact]
    public async Task A_planted_loss_fails_the_gate_and_nothing_else_does()
    {
        using var scratch = new ScratchFolder();
        await PlantAsync(scratch, queries: 40, lost: 12);
        string[] words = ["compare", "--qrels", scratch.At("qrels.txt"), "--a", $"run:{scratch.At("good.run")}", "--metrics", "mrr", "--output", "json", "--quiet"];
        string[] gates = ["--fail-if", "nDCG@10 < A - 0.005 (p<0.05)", "--fail-if", "mrr < 0.1"];

        var worse = await FilipProgram.RunAsync([.. words, "--b", $"run:{scratch.At("bad.run")}", .. gates]);
        var answer = worse.Json(exitCode: 1);
        Assert.Contains("failed: fail if nDCG@10 < A - 0.005", Assert.Single(worse.Stderr.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Equal([true, false], answer.GetProperty("gates").EnumerateArray().Select(gate => gate.GetProperty("failed").GetBoolean()));
        Assert.True(answer.GetProperty("differences").GetProperty("ndcg@10").GetProperty("delta").GetDouble() < -0.005);

        var same = await FilipProgram.RunAsync([.. words, "--b", $"run:{scratch.At("good.run")}", .. gates]);
        Assert.Equal(0, same.Json().GetProperty("differences").GetProperty("mrr").GetProperty("losses").GetInt32());
        Assert.Empty(same.Stderr);
    }

    [Fact]
    public async Task The_bodies_of_rank_eval_are_judgements()
    {
        using var scratch = new ScratchFolder();
        await File.WriteAllTextAsync(scratch.At("eval.json"), """
            {"requests":[{"id":"q1","request":{"query":{"match_all":{}}},"ratings":[{"_index":"p","_id":"d1","rating":2},{"_index":"p","_id":"d2","rating":0}]}],
             "metric":{"dcg":{"k":10}}}
            """);
        await File.WriteAllTextAsync(scratch.At("a.run"), "q1 Q0 d2 1 2 x\nq1 Q0 d1 2 1 x\n");
        await File.WriteAllTextAsync(scratch.At("b.csv"), "query,docid,score\nq1,d1,2\nq1,d2,1\n");
        var answer = (await FilipProgram.RunAsync(
            "compare", "--qrels", scratch.At("eval.json"), "--a", $"run:{scratch.At("a.run")}", "--b", $"run:{scratch.At("b.csv")}", "--metrics", "mrr",
            "--output", "json")).Json();
        Assert.Equal(0.5, answer.GetProperty("a").GetProperty("metrics").GetProperty("mrr").GetDouble());
        Assert.Equal(1, answer.GetProperty("b").GetProperty("metrics").GetProperty("mrr").GetDouble());
    }

    [Fact]
    public async Task A_broken_file_is_refused_and_its_lines_are_named()
    {
        using var scratch = new ScratchFolder();
        await File.WriteAllTextAsync(scratch.At("qrels.txt"), "q1 0 d1 1\n");
        await File.WriteAllTextAsync(scratch.At("good.run"), "q1 Q0 d1 1 1.5 x\n");
        await File.WriteAllTextAsync(scratch.At("bad.run"), "q1 Q0 d1 1 1,5 x\nq1 Q0 d2 2\n");
        await File.WriteAllTextAsync(scratch.At("bad.csv"), "query,docid,rating\nq1,d1,good\nq1,d2,1\n");
        var line = (await FilipProgram.RunAsync(
            "compare", "--qrels", scratch.At("qrels.txt"), "--a", $"run:{scratch.At("good.run")}", "--b", $"run:{scratch.At("bad.run")}")).ExpectOneLine(2);
        Assert.Contains("line 1: The score '1,5'", line, StringComparison.Ordinal);
        Assert.Contains("line 2: 4 columns", line, StringComparison.Ordinal);
        line = (await FilipProgram.RunAsync(
            "compare", "--qrels", scratch.At("bad.csv"), "--a", $"run:{scratch.At("good.run")}", "--b", $"run:{scratch.At("good.run")}")).ExpectOneLine(2);
        Assert.Contains("line 2: The rating 'good'", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("compare wants --qrels", "compare")]
    [InlineData("names no variant", "compare", "--qrels", "QRELS", "--a", "rarank", "--b", "recall")]
    [InlineData("is no file", "compare", "--qrels", "QRELS", "--a", "run:nowhere.txt", "--b", "recall")]
    [InlineData("--queries FILE", "compare", "somewhere", "--qrels", "QRELS", "--a", "recall", "--b", "rerank")]
    [InlineData("no gate", "compare", "--qrels", "QRELS", "--a", "recall", "--b", "rerank", "--fail-if", "ndcg@10 is bad")]
    [InlineData("'ndgc@10'", "compare", "--qrels", "QRELS", "--a", "recall", "--b", "rerank", "--metrics", "ndgc@10")]
    [InlineData("--permutations", "compare", "--qrels", "QRELS", "--a", "recall", "--b", "rerank", "--permutations", "10")]
    [InlineData("--level", "compare", "--qrels", "QRELS", "--a", "recall", "--b", "rerank", "--level", "0")]
    [InlineData("no part of a sweep", "compare", "--qrels", "QRELS", "--a", "recall", "--b", "rerank", "--sweep", "candidate=3")]
    public async Task Wrong_words_teach(string taught, params string[] words)
    {
        var qrels = TrialRuns.File("scores-in-another-locale", "qrels.txt");
        var line = (await FilipProgram.RunAsync([.. words.Select(word => word == "QRELS" ? qrels : word)])).ExpectOneLine(2);
        Assert.Contains(taught, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clicks_say_who_is_preferred_and_a_broken_split_is_exit_code_1()
    {
        using var scratch = new ScratchFolder();
        var lines = Enumerable.Range(0, 40).Select(session => JsonSerializer.Serialize(new
        {
            action_name = "click",
            query_id = "q",
            client_id = $"s{session}",
            event_attributes = new
            {
                @object = new { object_id = "d1" },
                experiment = new { id = "x", variant = session < 36 ? "new" : "old", team = session < 30 ? "b" : "a" },
            },
        }));
        await File.WriteAllLinesAsync(scratch.At("events.jsonl"), lines);
        var answer = (await FilipProgram.RunAsync("compare", "--events", scratch.At("events.jsonl"), "--output", "json")).Json();
        Assert.Equal(30, answer.GetProperty("preference").GetProperty("wins_b").GetInt32());
        var broken = await FilipProgram.RunAsync("compare", "--events", scratch.At("events.jsonl"), "--shares", "new=0.5,old=0.5");
        Assert.Contains("B is preferred", broken.Expect(1).Stdout, StringComparison.Ordinal);
        Assert.Contains("planned shares", broken.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task People_read_the_answer_first_and_the_terminal_gets_no_colours_it_cannot_show()
    {
        var run = await TrialRuns.CompareAsync("quepid-rows", "ratings.csv", null);
        Assert.Contains("No difference could be shown between A and B in ndcg@10: 0.797 against 0.877.", run.Expect(0).Stdout, StringComparison.Ordinal);
        Assert.Contains("2 / 0 / 1", run.Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', run.Stdout);
    }

    private static async Task PlantAsync(ScratchFolder scratch, int queries, int lost)
    {
        var ids = Enumerable.Range(0, queries).ToList();
        await File.WriteAllLinesAsync(scratch.At("qrels.txt"), ids.Select(i => $"q{i} 0 d1 1"));
        await File.WriteAllLinesAsync(scratch.At("good.run"), ids.SelectMany(i => new[] { $"q{i} Q0 d1 1 2 x", $"q{i} Q0 d2 2 1 x" }));
        await File.WriteAllLinesAsync(scratch.At("bad.run"), ids.SelectMany(i => i < lost
            ? new[] { $"q{i} Q0 d2 1 2 x", $"q{i} Q0 d1 2 1 x" }
            : [$"q{i} Q0 d1 1 2 x", $"q{i} Q0 d2 2 1 x"]));
    }
}

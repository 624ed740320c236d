using System.Text;
using Filip.Relevance.Judgements;
using Filip.Relevance.Runs;
using Filip.Testing;

namespace Filip.Relevance.Tests.Files;

public class RefusedFileTests
{
    public static TheoryData<string> Refused =>
        [.. Directory.EnumerateDirectories(GoldenFiles.Require("relevance", "refused")).Select(folder => Path.GetFileName(folder))];

    [Theory, MemberData(nameof(Refused))]
    public void Files_that_trec_eval_chokes_on_are_refused_with_the_line(string name)
    {
        string folder = GoldenFiles.Require("relevance", "refused", name);
        var error = Assert.Throws<RelevanceFileException>(() =>
        {
            JudgementFile.Read(Path.Combine(folder, "qrels.txt"));
            RunFile.Read(Path.Combine(folder, "run-a.txt"));
        });
        Assert.All(error.Problems, problem => Assert.True(problem.Line > 0));
        Assert.Contains("line ", error.Message);
    }

    [Theory]
    [InlineData("q1 0 a 1\nq1 0 b x\n\nq1 0 c\n", JudgementFormat.Trec, "2,4")]
    [InlineData("q1 0 a 1\nq1 0 b 1.5\n", JudgementFormat.Trec, "2")]
    [InlineData("q1 0 a 1\nq1 0 a 1\n", JudgementFormat.Trec, "2")]
    [InlineData("q1 0 a 1\nq1 0 \u00ff\u00fe 1\n", JudgementFormat.Trec, "2")]
    [InlineData("", JudgementFormat.Trec, "1")]
    [InlineData("query,docid,rating\nq,a,1\nq,b,1,5\nq,c,many\n,d,1\nq,,2\n", JudgementFormat.Csv, "3,4,5,6")]
    [InlineData("query,docid,rating\nq,a,1\nq,b\"c,1\n", JudgementFormat.Csv, "3")]
    [InlineData("query,docid,rating\nq,a,NaN\nq,b,\"1,5\"\n", JudgementFormat.Csv, "2,3")]
    [InlineData("question,answer\nq,a\n", JudgementFormat.Csv, "1")]
    [InlineData("{\"query\":\"q\",\"docid\":\"a\",\"rating\":1}\n\n{\"query\":\"q\"\n[1]\n{\"docid\":\"a\",\"rating\":1}\n", JudgementFormat.Jsonl, "3,4,5")]
    [InlineData("{\"query\":\"q\",\"docid\":\"a\",\"rating\":\"1,5\"}\n", JudgementFormat.Jsonl, "1")]
    [InlineData("query-id\tcorpus-id\tscore\nq\ta\t1\nq\tb\n", JudgementFormat.Beir, "3")]
    [InlineData("q\ta\t1\n", JudgementFormat.Beir, "1")]
    [InlineData("{\"requests\":\n[{\"id\":}", JudgementFormat.RankEval, "2")]
    [InlineData("{\"requests\":[{\"id\":\"q\",\"ratings\":[{\"_id\":\"a\",\"rating\":1},{\"_id\":\"a\",\"rating\":2},{\"_id\":\"b\"}]},{}]}", JudgementFormat.RankEval, "0,0,0")]
    public void Every_bad_line_is_named_and_none_is_used(string text, JudgementFormat format, string lines)
    {
        byte[] bytes = text.Contains('\u00ff') ? Encoding.Latin1.GetBytes(text) : Encoding.UTF8.GetBytes(text);
        var error = Assert.Throws<RelevanceFileException>(() => JudgementFile.Parse(bytes, format, "file"));
        Assert.Equal(lines, string.Join(",", error.Problems.Select(problem => problem.Line)));
    }

    [Theory]
    [InlineData("q Q0 a 1 NaN x\nq Q0 b 1 1e999 x\nq Q0 c 1 1,5 x\nq Q0 d 1 2 x y\n", RunFormat.Trec, "1,2,3,4")]
    [InlineData("query,docid,score\nq,a,1\nq,b,\nq,a,2\n", RunFormat.Csv, "3,4")]
    [InlineData("{\"query\":\"q\",\"docid\":\"a\",\"score\":1}\n{\"query\":\"q\",\"docid\":\"b\"}\n{\"query\":\"q\",\"score\":1}\n", RunFormat.Jsonl, "2,3")]
    [InlineData("\n \n", RunFormat.Trec, "1")]
    public void Bad_lines_of_a_run_are_named(string text, RunFormat format, string lines)
    {
        var error = Assert.Throws<RelevanceFileException>(() => RunFile.Parse(Encoding.UTF8.GetBytes(text), format, "run"));
        Assert.Equal(lines, string.Join(",", error.Problems.Select(problem => problem.Line)));
    }

    [Fact]
    public void A_message_names_ten_lines_and_counts_the_rest()
    {
        string text = string.Concat(Enumerable.Repeat("bad\n", 37));
        var error = Assert.Throws<RelevanceFileException>(
            () => RunFile.Parse(Encoding.UTF8.GetBytes(text), RunFormat.Trec, "run.txt"));
        Assert.Equal(37, error.Problems.Count);
        Assert.Contains("'run.txt'", error.Message);
        Assert.Contains("and 27 more", error.Message);
    }

    [Fact]
    public void Queries_without_an_id_or_with_one_that_came_before_are_refused()
    {
        string text = "{\"id\":\"q1\",\"text\":\"a\"}\n{\"id\":\"q1\",\"text\":\"b\"}\n{\"text\":\"c\"}\n";
        var error = Assert.Throws<RelevanceFileException>(() => QueryFile.Parse(Encoding.UTF8.GetBytes(text), "queries.jsonl"));
        Assert.Equal([2, 3], error.Problems.Select(problem => problem.Line));
    }
}

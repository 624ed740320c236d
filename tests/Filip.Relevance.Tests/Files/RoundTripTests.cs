using System.Text;
using CsCheck;
using Filip.Relevance.Judgements;
using Filip.Relevance.Runs;

namespace Filip.Relevance.Tests.Files;

public class RoundTripTests
{
    private static readonly string[] s_awkward =
    [
        "red,round", "5\"-lens", "two words", "tab\there", " led", "trailed ", "line\nend", "\u00e9\u4e2d", "\U0001F600",
        "\uFFFD", "'", "#", "{", "\u00a0",
    ];

    /// <summary>Ids as hostile as each form can hold: commas, quotes, tabs, all of Unicode but lone surrogates.</summary>
    private static readonly Gen<string> s_id = Gen.OneOf(
        Gen.Char["abcXYZ0189-_.:/"].Array[1, 8].Select(chars => new string(chars)),
        Gen.Int[0, s_awkward.Length - 1].Select(i => s_awkward[i]));

    private static readonly Gen<(string, string, double)[]> s_judgements =
        Gen.Select(s_id, s_id, Gen.Int[-2, 40].Select(n => n / 4.0)).Array[1, 20]
            .Select(all => all.DistinctBy(one => (one.Item1, one.Item2)).ToArray());

    public static TheoryData<JudgementFormat> Formats => [.. Enum.GetValues<JudgementFormat>()];

    public static TheoryData<RunFormat> RunFormats => [.. Enum.GetValues<RunFormat>()];

    [Theory, MemberData(nameof(Formats))]
    public void Judgements_come_back_from_every_form_or_are_refused_before_a_byte_is_written(JudgementFormat format) =>
        s_judgements.Sample(judgements =>
        {
            var qrels = Qrels.From(judgements);
            using var writer = new StringWriter();
            try
            {
                JudgementFile.Write(qrels, format, writer);
            }
            catch (InvalidDataException)
            {
                Assert.Equal("", writer.ToString());
                Assert.True(judgements.Any(one => one.Item3 != Math.Truncate(one.Item3))
                    || judgements.Any(one => (one.Item1 + one.Item2).AsSpan().IndexOfAny(" \t\n") >= 0));
                return;
            }

            var back = JudgementFile.Parse(Encoding.UTF8.GetBytes(writer.ToString()), format, "file");
            Assert.Equal(qrels.Queries, back.Queries);
            Assert.All(qrels.Queries, query => Assert.Equal(qrels.ByQuery[query], back.ByQuery[query]));
        }, iter: 400);

    [Theory, MemberData(nameof(RunFormats))]
    public void Runs_come_back_from_every_form(RunFormat format) =>
        Gen.Select(s_id, s_id, Gen.Double[-1e9, 1e9]).Array[1, 20].Sample(lines =>
        {
            var run = Run.FromScores("a run", lines.DistinctBy(one => (one.Item1, one.Item2)).GroupBy(one => one.Item1)
                .Select(query => KeyValuePair.Create(query.Key, query.Select(one => new RankedDocument(one.Item2, one.Item3)))));
            using var writer = new StringWriter();
            try
            {
                RunFile.Write(run, format, writer);
            }
            catch (InvalidDataException)
            {
                Assert.Equal("", writer.ToString());
                Assert.Equal(RunFormat.Trec, format);
                return;
            }

            var back = RunFile.Parse(Encoding.UTF8.GetBytes(writer.ToString()), format, "file");
            Assert.Equal(run.Queries, back.Queries);
            Assert.All(run.Queries, query => Assert.Equal(run[query], back[query]));
        }, iter: 400);

    [Fact]
    public void Equal_scores_fall_by_id_as_bytes() =>
        Gen.Select(s_id, s_id).Sample((x, y) => Assert.Equal(
            Math.Sign(Encoding.UTF8.GetBytes(y).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(x))),
            Math.Sign(DocumentOrder.TrecEval.Compare(new RankedDocument(x, 1), new RankedDocument(y, 1)))), iter: 2000);

    [Fact]
    public void Bytes_beyond_the_basic_plane_stand_above_the_private_area()
    {
        string text = "q Q0 \uFFFD 1 1 x\nq Q0 \U0001F600 2 1 x\nq Q0 \uE000 2 1 x\n";
        var run = RunFile.Parse(Encoding.UTF8.GetBytes(text), RunFormat.Trec, "run");
        Assert.Equal(["\U0001F600", "\uFFFD", "\uE000"], run["q"].Select(document => document.Id));
    }

    [Fact]
    public void A_ranking_keeps_its_order_through_a_file()
    {
        var run = Run.FromRankings("r", [KeyValuePair.Create("q", (IReadOnlyList<string>)["b", "c", "a"])]);
        using var writer = new StringWriter();
        RunFile.Write(run, RunFormat.Trec, writer);
        Assert.Equal(["b", "c", "a"], RunFile.Parse(Encoding.UTF8.GetBytes(writer.ToString()), RunFormat.Trec, "r")["q"].Select(d => d.Id));
    }

    [Fact]
    public void Marks_line_ends_and_names_of_columns_do_no_harm()
    {
        string text = "\uFEFFDoc ID,Query Text,Rating\r\nd1,q,2\r\n\r\nd2,q,0";
        var qrels = JudgementFile.Parse(Encoding.UTF8.GetBytes(text), JudgementFormat.Csv, "f");
        Assert.Equal([("d1", 2.0), ("d2", 0.0)], qrels.ByQuery["q"].Select(one => (one.Key, one.Value)));
    }

    [Theory]
    [InlineData("qrels.txt", "q 0 a 1", JudgementFormat.Trec)]
    [InlineData("ratings", "query,docid,rating\n", JudgementFormat.Csv)]
    [InlineData("test.tsv", "", JudgementFormat.Beir)]
    [InlineData("qrels", "query-id\tcorpus-id\tscore", JudgementFormat.Beir)]
    [InlineData("a.jsonl", "", JudgementFormat.Jsonl)]
    [InlineData("a", "\n{\"query\":1}", JudgementFormat.Jsonl)]
    [InlineData("a", "{ \"requests\" : []}", JudgementFormat.RankEval)]
    public void Form_is_told_from_the_name_or_the_first_bytes(string name, string text, JudgementFormat format) =>
        Assert.Equal(format, JudgementFile.FormatOf(name, Encoding.UTF8.GetBytes(text)));
}

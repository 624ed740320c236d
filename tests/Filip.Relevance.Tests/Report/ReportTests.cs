using System.Xml.Linq;
using Filip.Relevance.Comparison;
using Filip.Relevance.Judgements;
using Filip.Relevance.Report;
using Filip.Relevance.Runs;
using Filip.Testing;

namespace Filip.Relevance.Tests.Report;

public class ReportTests
{
    private const string Hostile = "<script>alert('x')</script>\"&";

    private static readonly SweepPoint[] s_sweep =
    [
        new("float16", 100, 0.832, 9472, 6.2), new("float16", 300, 0.833, 9472, 14.0), new("int8", 50, 0.812, 4736, 3.4),
        new("int8", 100, 0.831, 4736, 5.0), new("int4", 100, 0.824, 2368, 4.1), new("int4", 50, 0.801, 2368, 2.9), new("bits", 100, 0.741, 640, 2.2),
    ];

    [Fact]
    public void Report_of_the_samples_is_whole_and_fetches_nothing()
    {
        var result = RunComparison.Of(SampleRuns.Request(7, 4.5));
        string page = Write(writer => ComparisonReport.Write(result, writer, new ComparisonReportOptions
        {
            Title = "Recall against rerank on the samples",
            Thumbnail = SampleRuns.Thumbnail,
            Qrels = SampleRuns.Qrels,
            RelevantGrade = 3,
            Sweep = s_sweep,
        }));
        Keep("comparison.html", page);
        Assert.Contains("B is better than A", page);
        Assert.Contains(result.Experiment.Hash, page);
        Assert.Contains("data:image/jpeg;base64,", page);
        FetchesNothing(page);
        IsWellFormed(page);
    }

    [Fact]
    public void Before_and_after_shows_both_answers_and_frames_what_is_relevant()
    {
        var result = RunComparison.Of(SampleRuns.Request(7, 4.5));
        var queries = result.Queries.Take(12).Select((query, i) => new BeforeAfterQuery(
            query.Query, query.Text!, query.TopA, query.TopB,
            i < 2 ? [new CaptionedPicture("small", SampleRuns.Thumbnail(query.TopB[0])!)] : null)).ToList();
        string page = Write(writer => BeforeAfterReport.Write(queries, BeforeAfterReport.MetricsOf(result), writer, new BeforeAfterOptions
        {
            Introduction = "200 sample queries on 600 pictures.",
            Thumbnail = SampleRuns.Thumbnail,
            Grade = (query, id) => SampleRuns.Qrels.ByQuery[query].TryGetValue(id, out double grade) ? grade : null,
            RelevantGrade = 3,
        }));
        Keep("before-after.html", page);
        Assert.Contains("class=\"shot relevant\"", page);
        Assert.Contains(Html.Value(result.B.Metrics[0].Value), page);
        FetchesNothing(page);
        IsWellFormed(page);
    }

    [Fact]
    public void Names_cannot_break_out_of_the_page()
    {
        var qrels = Qrels.From([(Hostile, Hostile, 1), (Hostile, "other", 0)]);
        var run = Run.FromRankings(Hostile, [KeyValuePair.Create(Hostile, (IReadOnlyList<string>)["other", Hostile])]);
        var other = Run.FromRankings(Hostile, [KeyValuePair.Create(Hostile, (IReadOnlyList<string>)[Hostile, "other"])]);
        var result = RunComparison.Of(new ComparisonRequest(qrels, new Variant(Hostile, run), new Variant(Hostile, other))
        {
            Queries = [new EvaluationQuery(Hostile, Hostile, Hostile, [Hostile])],
            Setting = new ExperimentSetting(Hostile, Hostile, new Dictionary<string, string> { [Hostile] = Hostile }),
        });
        string page = Write(writer => ComparisonReport.Write(
            result, writer, new ComparisonReportOptions { Title = Hostile, Qrels = qrels, Sweep = [new(Hostile, 1, 1, 1, 1)] }));
        string second = Write(writer => BeforeAfterReport.Write(
            [new BeforeAfterQuery(Hostile, Hostile, [Hostile], [Hostile], [new CaptionedPicture(Hostile, [1, 2, 3])])],
            [(Hostile, 0, 1)],
            writer,
            new BeforeAfterOptions { Title = Hostile, Introduction = Hostile, BeforeName = Hostile, AfterName = Hostile }));
        foreach (string html in new[] { page, second })
        {
            Assert.DoesNotContain("<script", html);
            Assert.Contains("&lt;script&gt;", html);
            IsWellFormed(html);
        }
    }

    [Fact]
    public void Verdict_says_better_worse_or_that_nothing_was_shown()
    {
        Assert.Equal("good", Verdict.Of(RunComparison.Of(SampleRuns.Request(7, 4.5))).Tone);
        Assert.Equal("bad", Verdict.Of(RunComparison.Of(SampleRuns.Request(4.5, 7))).Tone);
        var same = Verdict.Of(RunComparison.Of(SampleRuns.Request(7, 7)));
        Assert.Equal("", same.Tone);
        Assert.Contains("No difference could be shown", same.Headline);
        Assert.Contains("four times in five", same.Detail);
    }

    [Fact]
    public void Front_keeps_what_nothing_beats()
    {
        var front = Sweep.Front(s_sweep);
        foreach (var point in s_sweep)
        {
            bool beaten = s_sweep.Any(o => o != point && o.Quality >= point.Quality
                && o.BytesPerPicture <= point.BytesPerPicture && o.LatencyMs <= point.LatencyMs);
            Assert.Equal(!beaten, front.Contains(point));
        }

        Assert.Equal(2, Sweep.Front([s_sweep[0], s_sweep[0]]).Count);
        Assert.Throws<ArgumentException>(() => ParetoPlot.Svg([]));
    }

    private static string Write(Action<TextWriter> write)
    {
        using var writer = new StringWriter();
        write(writer);
        return writer.ToString();
    }

    private static void Keep(string name, string page)
    {
        string folder = Path.Combine(GoldenFiles.Repository, "artifacts", "reports");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, name), page);
    }

    private static void FetchesNothing(string page)
    {
        Assert.DoesNotContain("http:", page);
        Assert.DoesNotContain("https:", page);
        Assert.DoesNotContain("url(", page);
        Assert.DoesNotContain("<script", page);
    }

    /// <summary>Every tag closed, every attribute quoted: the page reads as XML once its void elements are closed.</summary>
    private static void IsWellFormed(string page)
    {
        string xml = System.Text.RegularExpressions.Regex.Replace(page, "<(meta|img)([^>]*)>", "<$1$2/>")
            .Replace("<!doctype html>", "").Replace("&nbsp;", " ");
        Assert.NotNull(XDocument.Parse(xml).Root);
    }
}

using System.CommandLine;
using Filip.Cli.Demo;
using Filip.Cli.Opening;
using Filip.Cli.Terminal;
using Filip.Embeddings.Codecs;
using Filip.Embeddings.Models;
using Filip.Indexer;
using Filip.Indexer.Elastic;
using Filip.Indexer.Pipeline;
using Filip.Indexer.Sources;
using Filip.Recall.Elastic;
using Filip.Relevance.Metrics;
using Filip.Rerank.Search;

namespace Filip.Cli.Commands;

/// <summary><c>filip demo</c>: index the samples, ask the sample queries with and without stage two, show the difference.</summary>
internal static class DemoCommand
{
    private static readonly Option<string?> s_samples = new("--samples") { Description = "Another set of the same form", HelpName = "DIR" };
    private static readonly Option<string?> s_to = new("--to")
    {
        Description = "The index (default: artifacts/demo/index); an Elasticsearch URL runs the same there",
        HelpName = "INDEX",
    };

    private static readonly Option<PatchCodec> s_codec = new("--codec")
    {
        Description = "How patch vectors are kept: f32, f16 or int8",
        DefaultValueFactory = _ => PatchCodec.F16,
    };

    private static readonly Option<int> s_candidates = new("--candidates")
    {
        Description = "How many stage one proposes to stage two",
        DefaultValueFactory = _ => 100,
    };

    private static readonly Option<string?> s_report = new("--report") { Description = "The HTML report (default: artifacts/demo/report.html)", HelpName = "FILE" };

    private static readonly MetricName[] s_metrics =
        [MetricName.Parse("ndcg@10"), MetricName.Parse("mrr"), MetricName.Parse("success@1"), MetricName.Parse("recall@10")];

    /// <summary>The verb.</summary>
    public static Command Build(Signals signals)
    {
        var command = new Command("demo", "Index the sample pictures and show what stage two changes")
        {
            s_samples, s_to, s_codec, s_candidates, s_report,
        }.WithGlobalOptions();
        command.SetAction((parsed, stop) => RunAsync(parsed, signals, stop));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Signals signals, CancellationToken stop)
    {
        var set = DemoSet.Load(parsed.GetValue(s_samples));
        var folder = Path.Combine(ModelPlace.Checkout("artifacts") ?? "artifacts", "demo");
        var place = parsed.GetValue(s_to) ?? Path.Combine(folder, "index");
        var report = parsed.GetValue(s_report) ?? Path.Combine(folder, "report.html");
        var model = ModelPlace.Load(parsed);
        var summary = await IndexAsync(parsed, set, model, place, signals, stop);
        if (ExitCode.For(summary) is not ExitCode.Ok and var code)
        {
            Screen.Note($"filip: {summary.Failed} pictures could not be indexed; see {summary.DeadLetters}", quiet: false);
            return code;
        }

        var options = new SearchOptions
        {
            MaxCandidates = 10_000,
            Deadline = TimeSpan.FromSeconds(30),
            StageOneTimeout = TimeSpan.FromSeconds(30),
        };
        await using var engine = await OpenedEngine.OpenAsync(place, parsed, options, byPicture: false, patchCacheBytes: 64 << 20, stop);
        var pictures = await engine.Index.Source.CountAsync(stop);
        var runs = await DemoRuns.AskAsync(engine, set.Queries, parsed.GetValue(s_candidates), pictures, stop);
        var metrics = Measure(set, runs);
        await DemoReport.WriteAsync(report, set, runs, metrics, engine, stop);
        if (parsed.GetValue(GlobalOptions.Output) == OutputFormat.Text)
        {
            DemoTable.PrintQueries(set, runs);
            Screen.WriteLine($"{pictures} pictures, {set.Queries.Count} queries; figures over all of them:");
            DemoTable.PrintMetrics(metrics);
            Screen.WriteLine($"The pictures, side by side: {report}");
            Screen.WriteLine($"Try it: ./filip search {Shown(place)} \"a small red circle\"");
        }
        else
        {
            WriteJson(pictures, set.Queries.Count, metrics, report);
        }

        return ExitCode.Ok;
    }

    private static async ValueTask<IndexingSummary> IndexAsync(
        ParseResult parsed, DemoSet set, ModelFolder model, string place, Signals signals, CancellationToken stop)
    {
        var quiet = parsed.GetValue(GlobalOptions.Quiet);
        if (!ElasticAddress.IsOne(place))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(place))!);
        }

        // Exact kNN on Elasticsearch too, so that its figures can equal the embedded index's.
        var layout = new ElasticSinkOptions { Index = new ElasticIndexOptions { VectorIndex = "flat" } };
        await using var opened = await OpenedSink.OpenAsync(place, model.StampFor(parsed.GetValue(s_codec)), layout, stop);
        var options = new IndexingOptions
        {
            Prune = true,
            DeadLetterFile = ElasticAddress.IsOne(place) ? "dead-letters.jsonl" : place + ".dead-letters.jsonl",
        };
        signals.Drains = true;
        var summary = await IndexJob.RunAsync(
            PictureSources.Open(set.Manifest), model, ModelPlace.Towers(parsed), opened.Sink, options, quiet, signals.Drain, stop);
        signals.Drains = false;
        Screen.Note($"{summary.Indexed} pictures indexed, {summary.Unchanged} unchanged, in {summary.Seconds:0.0} s", quiet);
        return summary;
    }

    private static List<(MetricName Metric, double Recall, double Rerank)> Measure(DemoSet set, DemoRuns runs)
    {
        var options = new EvaluationOptions { RelevanceLevel = set.RelevantGrade };
        var recall = Evaluation.Of(set.Qrels, runs.Recall, s_metrics, options);
        var rerank = Evaluation.Of(set.Qrels, runs.Rerank, s_metrics, options);
        return [.. s_metrics.Select(metric => (metric, recall.Mean(metric), rerank.Mean(metric)))];
    }

    private static void WriteJson(
        long pictures, int queries, List<(MetricName Metric, double Recall, double Rerank)> metrics, string report) =>
        Screen.WriteJson(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("pictures", pictures);
            json.WriteNumber("queries", queries);
            json.WriteStartObject("metrics");
            json.WriteStartObject("recall");
            metrics.ForEach(metric => json.WriteNumber(metric.Metric.ToString(), metric.Recall));
            json.WriteEndObject();
            json.WriteStartObject("rerank");
            metrics.ForEach(metric => json.WriteNumber(metric.Metric.ToString(), metric.Rerank));
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteString("report", report);
            json.WriteEndObject();
        });

    private static string Shown(string place) =>
        ElasticAddress.IsOne(place) ? place : Path.GetRelativePath(Environment.CurrentDirectory, place);
}

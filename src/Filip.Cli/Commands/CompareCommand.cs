using System.CommandLine;
using Filip.Cli.Comparing;
using Filip.Cli.Terminal;
using Filip.Indexer;
using Filip.Relevance.Comparison;
using Filip.Relevance.Metrics;
using Filip.Relevance.Online;
using Filip.Relevance.Statistics;

namespace Filip.Cli.Commands;

/// <summary><c>filip compare</c>: is B better than A, by how much, how sure are we, for which queries, at what cost.</summary>
internal static class CompareCommand
{
    private static readonly Argument<string?> s_index = new("INDEX")
    {
        Description = "A folder, or http(s)://host:9200/index; not needed where no variant searches it",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string?> s_qrels = File("--qrels", "Judgements: TREC qrels, CSV (query,docid,rating), JSONL, BEIR TSV or a _rank_eval body");
    private static readonly Option<string?> s_queries = File("--queries", "Queries, one {\"id\":…,\"text\":…} a line");
    private static readonly Option<string?> s_a = new("--a") { Description = $"The side that is there: {VariantSpecParser.Forms}", HelpName = "SPEC" };
    private static readonly Option<string?> s_b = new("--b") { Description = "The side that might replace it", HelpName = "SPEC" };
    private static readonly Option<string?> s_metrics = new("--metrics")
    {
        Description = "Metrics between commas, the leading one first: ndcg@10, ndcg-exp@10, map, mrr, p@10, recall@10, success@1, rprec, bpref, err@10, rbp@0.8, judged@10, ndcg-grid@3x4",
        HelpName = "LIST",
    };

    private static readonly Option<double> s_level = new("--level") { Description = "Lowest grade that counts as relevant", DefaultValueFactory = _ => 1 };
    private static readonly Option<int> s_candidates = new("--candidates") { Description = "How many stage one proposes, where a variant does not say", DefaultValueFactory = _ => 200 };
    private static readonly Option<int?> s_top = new("--top") { Description = "Pictures kept of an answer (default: all candidates; 100 from an HTTP API)", HelpName = "N" };
    private static readonly Option<ulong> s_seed = new("--seed") { Description = "Decides every random draw", DefaultValueFactory = _ => new StatisticsOptions().Seed };
    private static readonly Option<int> s_permutations = new("--permutations")
    {
        Description = "Patterns of the randomisation test",
        DefaultValueFactory = _ => new StatisticsOptions().Permutations,
    };

    private static readonly Option<string[]> s_failIf = new("--fail-if")
    {
        Description = "Exit 1 where this holds: \"ndcg@10 < A - 0.005 (p<0.05)\"; may be given several times",
        HelpName = "CONDITION",
    };

    private static readonly Option<string?> s_sweep = new("--sweep")
    {
        Description = "Also try candidates by codecs: \"candidates=50,100,200;codec=f32,f16,int8\"",
        HelpName = "SETTINGS",
    };

    private static readonly Option<string?> s_perQuery = File("--per-query", "Write each query's values as CSV: query,metric,a,b");
    private static readonly Option<string?> s_report = File("--report", "Write the comparison as one HTML page");
    private static readonly Option<string?> s_judge = File("--judge", "Write a page on which people judge both answers blind, side by side");
    private static readonly Option<string?> s_runA = File("--save-run-a", "Write A's answers (TREC; CSV or JSONL by the name's ending)");
    private static readonly Option<string?> s_runB = File("--save-run-b", "Write B's answers");
    private static readonly Option<string?> s_pictures = new("--pictures") { Description = "Folder that the indexed paths start from, for the pages' thumbnails (default: here, or where queries and judgements lie)", HelpName = "DIR" };
    private static readonly Option<string?> s_events = File("--events", "Analyse an experiment's clicks instead: events as JSON lines in UBI's names");
    private static readonly Option<string?> s_experiment = new("--experiment") { Description = "With --events: which experiment", HelpName = "ID" };
    private static readonly Option<string?> s_shares = new("--shares") { Description = "With --events: planned shares, \"current=0.9,new=0.1\"", HelpName = "SHARES" };
    private static readonly Option<string?> s_preferences = File("--preferences", "Count out what a judging page handed out (JSONL) instead");

    /// <summary>The verb.</summary>
    public static Command Build()
    {
        var command = new Command("compare", "Compare two searches on judged queries: metrics, statistics, diagnosis, gate")
        {
            s_index, s_queries, s_qrels, s_a, s_b, s_metrics, s_level, s_candidates, s_top, s_seed, s_permutations, s_failIf, s_sweep,
            s_perQuery, s_report, s_pictures, s_judge, s_preferences, s_runA, s_runB, s_events, s_experiment, s_shares,
            StageOneOptions.NumCandidates,
        }.WithGlobalOptions();
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        var statistics = Statistics(parsed);
        var format = parsed.GetValue(GlobalOptions.Output);
        if (CompareOptions.Existing(parsed.GetValue(s_events), "--events") is { } events)
        {
            return EventsReport.Run(events, parsed.GetValue(s_experiment), parsed.GetValue(s_shares), statistics, format);
        }

        if (CompareOptions.Existing(parsed.GetValue(s_preferences), "--preferences") is { } preferences)
        {
            return Preferences(preferences, statistics, format);
        }

        var options = Options(parsed, statistics);
        await using var variants = new OpenedVariants(parsed, parsed.GetValue(s_index), Candidates(parsed), parsed.GetValue(s_top));
        return await new CompareRun(options, variants).RunAsync(stop);
    }

    private static CompareOptions Options(ParseResult parsed, StatisticsOptions statistics)
    {
        if (parsed.GetValue(s_qrels) is not { } qrels || parsed.GetValue(s_a) is not { } a || parsed.GetValue(s_b) is not { } b)
        {
            throw new UsageException("compare wants --qrels FILE, --a SPEC and --b SPEC (or --events FILE, or --preferences FILE alone).");
        }

        if (parsed.GetValue(s_level) is var level && !(level > 0 && double.IsFinite(level)))
        {
            throw new UsageException("--level is the lowest grade that counts as relevant, above 0.");
        }

        if (parsed.GetValue(s_top) is < 1 or > 10_000)
        {
            throw new UsageException("--top is a number from 1 to 10000.");
        }

        Gate[] gates = [.. (parsed.GetValue(s_failIf) ?? []).Select(Gate.Parse)];
        var metrics = parsed.GetValue(s_metrics) is { } list ? MetricName.ParseList(list) : MetricName.Usual;
        var sweep = parsed.GetValue(s_sweep) is { } settings ? SweepSpec.Parse(settings, Candidates(parsed)) : null;
        return new CompareOptions
        {
            Qrels = CompareOptions.Existing(qrels, "--qrels")!,
            Queries = CompareOptions.Existing(parsed.GetValue(s_queries), "--queries"),
            A = VariantSpecParser.Parse(a),
            B = VariantSpecParser.Parse(b),
            Metrics = [.. metrics.Concat(gates.Select(gate => gate.Metric)).Distinct()],
            Gates = gates,
            Level = level,
            Statistics = statistics,
            Sweep = sweep,
            Files = new CompareFiles(
                parsed.GetValue(s_perQuery), parsed.GetValue(s_report), parsed.GetValue(s_judge),
                parsed.GetValue(s_runA), parsed.GetValue(s_runB), parsed.GetValue(s_pictures)).Checked(),
            Format = parsed.GetValue(GlobalOptions.Output),
            Quiet = parsed.GetValue(GlobalOptions.Quiet),
        };
    }

    private static int Candidates(ParseResult parsed) => parsed.GetValue(s_candidates) is var count and >= 1 and <= 10_000
        ? count
        : throw new UsageException("--candidates is a number from 1 to 10000.");

    private static StatisticsOptions Statistics(ParseResult parsed) => parsed.GetValue(s_permutations) is var permutations and >= 1_000 and <= 10_000_000
        ? new StatisticsOptions { Seed = parsed.GetValue(s_seed), Permutations = permutations }
        : throw new UsageException("--permutations is a number from 1000 to 10000000; 10000 serves most.");

    private static int Preferences(string file, StatisticsOptions statistics, OutputFormat format)
    {
        var preference = PreferenceFile.Read(file, statistics);
        if (format == OutputFormat.Text)
        {
            Screen.WriteLine(PreferenceWords.Of(preference, "judgements"));
            return ExitCode.Ok;
        }

        Screen.WriteJson(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("prefer_a", preference.WinsA);
            json.WriteNumber("prefer_b", preference.WinsB);
            json.WriteNumber("neither", preference.Ties);
            json.WriteNumber("value", preference.Value!.Value);
            json.WriteStartArray("ci95");
            json.WriteNumberValue(preference.Ci95!.Value.Low);
            json.WriteNumberValue(preference.Ci95!.Value.High);
            json.WriteEndArray();
            if (preference.PSign is { } sign)
            {
                json.WriteNumber("p_sign", sign);
            }
            else
            {
                json.WriteNull("p_sign");
            }

            json.WriteEndObject();
        });
        return ExitCode.Ok;
    }

    private static Option<string?> File(string name, string description) => new(name) { Description = description, HelpName = "FILE" };
}

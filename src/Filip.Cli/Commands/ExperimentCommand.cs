using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Filip.Cli.Experiments;
using Filip.Cli.Terminal;
using Filip.Indexer;
using Filip.Relevance.Online;

namespace Filip.Cli.Commands;

/// <summary><c>filip experiment status|promote FILE.json</c>: what an experiment's events say, and its next rung.</summary>
internal static class ExperimentCommand
{
    /// <summary>The verb and its own verbs.</summary>
    public static Command Build() => new("experiment", "Analyse an online experiment, and take its next rung on evidence")
    {
        BuildStatus(), BuildPromote(),
    };

    private static Argument<string> Configuration() => new("FILE") { Description = "The experiment's configuration" };

    private static Command BuildStatus()
    {
        var file = Configuration();
        var command = new Command("status", "Print preference, sample ratio, latency, and whether the next rung may be taken") { file }.WithGlobalOptions();
        command.SetAction(parsed =>
        {
            var rung = Read(parsed.GetValue(file)!);
            var evidence = rung.Analyse();
            if (parsed.GetValue(GlobalOptions.Output) == OutputFormat.Text)
            {
                StatusText.Lines(rung, evidence).ForEach(Screen.WriteLine);
            }
            else
            {
                var next = rung.Next is { } mode ? ExperimentConfiguration.Word(mode) : null;
                Screen.WriteJson(
                    new StatusAnswer(rung.Name, ExperimentConfiguration.Word(rung.Mode), rung.A.Text, rung.B.Text, next, evidence),
                    EvidenceJson.Default.StatusAnswer);
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static Command BuildPromote()
    {
        var file = Configuration();
        var to = new Option<string>("--to") { Description = "percentage, interleave or full: the rung after the file's own", Required = true, HelpName = "RUNG" };
        to.AcceptOnlyFromAmong("percentage", "interleave", "full");
        var share = new Option<double?>("--share") { Description = "Percentage: B's share of the sessions (default: the file's, or one half)" };
        var command = new Command("promote", "Write the next rung's configuration, if the evidence of the last is there") { file, to, share }.WithGlobalOptions();
        command.SetAction(parsed => Promote(
            Read(parsed.GetValue(file)!), parsed.GetValue(to)!, parsed.GetValue(share), parsed.GetValue(GlobalOptions.Quiet)));
        return command;
    }

    private static int Promote(ExperimentConfiguration rung, string to, double? share, bool quiet)
    {
        var evidence = rung.Analyse();
        List<string> missing = [];
        if (rung.Next is not { } next || ExperimentConfiguration.Word(next) != to)
        {
            missing.Add($"order: after {ExperimentConfiguration.Word(rung.Mode)} comes {(rung.Next is { } after ? ExperimentConfiguration.Word(after) : "nothing")}, not {to}");
        }

        missing.AddRange(evidence.Checks.Where(check => !check.Passed).Select(check => $"{check.Name}: {check.What}"));
        if (missing.Count > 0)
        {
            missing.ForEach(line => Console.Error.WriteLine($"missing {line}"));
            return ExitCode.Failure;
        }

        var folder = Path.GetDirectoryName(rung.Path)!;
        var (configuration, proof) = ($"{rung.Name}.{to}.json", $"{rung.Name}.{ExperimentConfiguration.Word(rung.Mode)}.evidence.json");
        foreach (var taken in new[] { configuration, proof }.Select(name => Path.Combine(folder, name)).Where(File.Exists))
        {
            throw new UsageException($"'{taken}' is there already; an experiment's record is not overwritten. Move it away, or go on with it.");
        }

        var written = rung.File with
        {
            Mode = to,
            Share = share ?? rung.File.Share,
            Events = $"{rung.Name}.{to}.events.jsonl",
            Evidence = proof,
        };
        var evidenceFile = Evidence.Of(rung, evidence, TimeProvider.System);
        WriteNew(Path.Combine(folder, proof), JsonSerializer.SerializeToUtf8Bytes(evidenceFile, ExperimentJson.Default.EvidenceFile));
        WriteNew(Path.Combine(folder, configuration), JsonSerializer.SerializeToUtf8Bytes(written, ExperimentJson.Default.ExperimentFile));
        Evidence.Require(ExperimentConfiguration.Read(Path.Combine(folder, configuration)));
        Screen.WriteLine(Path.Combine(folder, configuration));
        Screen.Note($"filip: serve it with 'filip serve INDEX --experiment {configuration}'.", quiet);
        return ExitCode.Ok;
    }

    private static ExperimentConfiguration Read(string file) => File.Exists(file)
        ? ExperimentConfiguration.Read(file)
        : throw new UsageException($"there is no experiment's configuration '{file}'.");

    private static void WriteNew(string path, byte[] json)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        file.Write(json);
        file.WriteByte((byte)'\n');
        file.Flush(flushToDisk: true);
    }

    /// <summary>Evidence for people.</summary>
    private static class StatusText
    {
        public static List<string> Lines(ExperimentConfiguration rung, RungEvidence evidence)
        {
            var answer = evidence.Answer;
            List<string> lines =
            [
                $"experiment {rung.Name}, {ExperimentConfiguration.Word(rung.Mode)}: {rung.A.Text} (a) against {rung.B.Text} (b)",
                $"events:    {answer.Sessions} sessions, {answer.Searches} searches, {answer.Clicks} clicks{Aside(evidence)}",
                $"winner:    {evidence.Winner ?? "none yet"}{Votes(answer.Preference)}",
                $"latency:   a {Time(evidence.LatencyA)}, b {Time(evidence.LatencyB)}",
            ];
            lines.AddRange(answer.Arms.Select(arm => $"variant {arm.Variant}: {arm.Sessions} sessions, {arm.ClickedSessions} of them clicked"));
            if (evidence.Shadows is { } shadows)
            {
                lines.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"shadow:    {shadows.Done} done, {shadows.Degraded} degraded, {shadows.Failed} failed, {shadows.Dropped} dropped; "
                    + $"{(shadows.Overlap is { } overlap ? $"{overlap:P0} of a's page is on b's" : "no overlap yet")}"));
            }

            lines.AddRange(evidence.Checks.Select(check => $"{(check.Passed ? "ok     " : "missing")} {check.Name}: {check.What}"));
            lines.Add(rung.Next is not { } next ? "last rung"
                : $"next rung: {ExperimentConfiguration.Word(next)} {(evidence.MayPromote ? "may be taken" : "may not be taken yet")}");
            return lines;
        }

        private static string Votes(Preference? votes) => votes is { Value: { } value, Ci95: { } ci }
            ? string.Create(
                CultureInfo.InvariantCulture,
                $" (preference for b {value:+0.000;-0.000}, 95 % {ci.Low:+0.000;-0.000} to {ci.High:+0.000;-0.000}; sign test p = {votes.PSign:G3}; "
                + $"{votes.WinsB} sessions for b, {votes.WinsA} for a, {votes.Ties} for neither)")
            : "";

        private static string Time(LatencyUse use) => use.P95Ms is null
            ? "not measured"
            : string.Create(CultureInfo.InvariantCulture, $"p50 {use.P50Ms:F1} ms, p95 {use.P95Ms:F1} ms over {use.Searches}");

        private static string Aside(RungEvidence evidence)
        {
            var aside = new StringBuilder();
            foreach (var (reason, pages) in evidence.Uncounted)
            {
                aside.Append(CultureInfo.InvariantCulture, $"; {pages} pages not counted ({reason})");
            }

            foreach (var (count, what) in new[]
            {
                (evidence.StrayClicks, "clicks on no page of this rung"),
                (evidence.ForeignLines, "lines of another plan"),
                (evidence.BadLines, "lines that could not be read"),
            })
            {
                if (count > 0)
                {
                    aside.Append(CultureInfo.InvariantCulture, $"; {count} {what}");
                }
            }

            return aside.ToString();
        }
    }
}

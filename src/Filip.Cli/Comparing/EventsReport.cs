using System.Globalization;
using Filip.Cli.Commands;
using Filip.Cli.Terminal;
using Filip.Indexer;
using Filip.Relevance.Online;
using Filip.Relevance.Statistics;
using Spectre.Console;

namespace Filip.Cli.Comparing;

/// <summary><c>filip compare --events FILE</c>: what users' clicks say about an experiment.</summary>
internal static class EventsReport
{
    /// <summary>Analyses and prints; the exit code is 1 where the split is broken and nothing may be believed.</summary>
    /// <param name="file">Events as JSON lines.</param>
    /// <param name="experiment">Which; null where the file holds one alone.</param>
    /// <param name="shares">Planned shares as <c>A=0.5,B=0.5</c>; null where sessions were not split.</param>
    /// <param name="statistics">Seed and resamples.</param>
    /// <param name="format">How it is printed.</param>
    public static int Run(string file, string? experiment, string? shares, StatisticsOptions statistics, OutputFormat format)
    {
        var events = EventFile.Read(file);
        var answer = EventAnalysis.Of(events, Choose(events, experiment, file), Shares(shares), statistics);
        if (format == OutputFormat.Text)
        {
            Print(answer);
        }
        else
        {
            Screen.WriteLine(answer.ToJson());
        }

        if (!answer.Sound)
        {
            Screen.Note(
                answer.SwitchedSessions > 0
                    ? $"filip: {answer.SwitchedSessions} sessions were seen in more than one variant; nothing else here may be believed."
                    : $"filip: the sessions do not keep to the planned shares (p {Figures.P(answer.SampleRatio!.Value.P)}); nothing else here may be believed.",
                quiet: false);
        }

        return answer.Sound ? ExitCode.Ok : ExitCode.Failure;
    }

    private static string Choose(IReadOnlyList<InteractionEvent> events, string? experiment, string file)
    {
        string[] there = [.. events.Select(one => one.Experiment).OfType<string>().Distinct().Order(StringComparer.Ordinal)];
        return experiment is not null
            ? there.Contains(experiment)
                ? experiment
                : throw new UsageException($"'{file}' has no event of experiment '{experiment}'; there are {(there.Length > 0 ? string.Join(", ", there) : "none")}.")
            : there.Length == 1
                ? there[0]
                : throw new UsageException($"'{file}' holds {there.Length} experiments ({string.Join(", ", there)}); name one with --experiment.");
    }

    private static Dictionary<string, double>? Shares(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var shares = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.LastIndexOf('=');
            if (equals <= 0 || !double.TryParse(part[(equals + 1)..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share)
                || share is <= 0 or >= 1 || !shares.TryAdd(part[..equals], share))
            {
                throw new UsageException($"'{part}' is no share; expected VARIANT=SHARE between 0 and 1, as 'current=0.9,new=0.1'.");
            }
        }

        return Math.Abs(shares.Values.Sum() - 1) < 1e-9
            ? shares
            : throw new UsageException($"the shares in '{text}' add up to {shares.Values.Sum().ToString(CultureInfo.InvariantCulture)}; expected 1.");
    }

    private static void Print(EventAnswer answer)
    {
        Screen.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"experiment {answer.Experiment}: {answer.Sessions} sessions, {answer.Searches} searches, {answer.Clicks} clicks"));
        if (answer.Preference is { } preference)
        {
            Screen.WriteLine(PreferenceWords.Of(preference, "sessions"));
        }

        if (answer.Arms.Count > 0)
        {
            var table = ComparisonTable.Table("variant", "sessions", "with a click", "share");
            foreach (var arm in answer.Arms)
            {
                table.AddRow(
                    arm.Variant,
                    arm.Sessions.ToString(CultureInfo.InvariantCulture),
                    arm.ClickedSessions.ToString(CultureInfo.InvariantCulture),
                    arm.Sessions == 0 ? "–" : Figures.Value((double)arm.ClickedSessions / arm.Sessions));
            }

            Screen.Out.Write(table);
        }

        if (answer.SampleRatio is { } ratio)
        {
            Screen.WriteLine($"sample ratio check: p {Figures.P(ratio.P)} ({(ratio.P < EventAnswer.RatioAlarm ? "broken" : "kept")})");
        }
    }
}

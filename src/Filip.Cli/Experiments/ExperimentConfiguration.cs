using System.Globalization;
using System.Text.Json;
using Filip.Relevance;
using Filip.Relevance.Online;
using Filip.Rerank.Experiments;

namespace Filip.Cli.Experiments;

/// <summary>A configuration that was read and found sound; its paths are whole.</summary>
internal sealed record ExperimentConfiguration
{
    private const double EvenShare = 0.5;

    /// <summary>The file it was read from.</summary>
    public required string Path { get; init; }

    /// <summary>The file as it was written.</summary>
    public required ExperimentFile File { get; init; }

    /// <summary>How far it goes.</summary>
    public required ExperimentMode Mode { get; init; }

    /// <summary>What is served today.</summary>
    public required ExperimentVariant A { get; init; }

    /// <summary>What may be served tomorrow.</summary>
    public required ExperimentVariant B { get; init; }

    /// <summary>Its name.</summary>
    public string Name => File.Name!;

    /// <summary>B's share of the sessions.</summary>
    public double Share => File.Share ?? EvenShare;

    /// <summary>What every draw hangs on.</summary>
    public string Key => File.Seed is { } seed ? string.Create(CultureInfo.InvariantCulture, $"{Name}#{seed}") : Name;

    /// <summary>What was planned: another share cuts the sessions otherwise, so it is another plan.</summary>
    public string Plan => string.Create(
        CultureInfo.InvariantCulture, $"{Key}: {A.Text} against {B.Text}{(Mode == ExperimentMode.Percentage ? $", {Share:R} get b" : "")}");

    /// <summary>Where events are appended.</summary>
    public string Events => Whole(File.Events!);

    /// <summary>While this file exists, A is served to all.</summary>
    public string KillFile => File.KillFile is { } file ? Whole(file) : Path + ".kill";

    /// <summary>The evidence of the rung before; null where none is named.</summary>
    public string? Evidence => File.Evidence is { } file ? Whole(file) : null;

    /// <summary>The rung after this one; null after the last.</summary>
    public ExperimentMode? Next => Mode == ExperimentMode.Full ? null : Mode + 1;

    /// <summary>Reads a configuration.</summary>
    /// <param name="path">Its file.</param>
    /// <exception cref="RelevanceFileException">It cannot be used; all that is wrong is named.</exception>
    public static ExperimentConfiguration Read(string path)
    {
        ExperimentFile file;
        try
        {
            file = JsonSerializer.Deserialize(System.IO.File.ReadAllBytes(path), ExperimentJson.Default.ExperimentFile)
                ?? throw new JsonException("The file holds null.");
        }
        catch (JsonException error)
        {
            var line = error.LineNumber is { } number ? (int)number + 1 : 0;
            throw new RelevanceFileException(path, [new FileProblem(line, $"{Plain(error)} {Members}")]);
        }

        List<FileProblem> problems = [];
        var mode = Parsed(problems, () => ParseMode(file.Mode));
        var a = Parsed(problems, () => Variant("a", file.A));
        var b = Parsed(problems, () => Variant("b", file.B));
        problems.AddRange(Wrong(file).Select(what => new FileProblem(0, what)));
        return problems.Count == 0
            ? new ExperimentConfiguration { Path = System.IO.Path.GetFullPath(path), File = file, Mode = mode, A = a!, B = b! }
            : throw new RelevanceFileException(path, problems);
    }

    /// <summary>What was planned for this rung.</summary>
    public RungPlan RungPlan()
    {
        var plan = new RungPlan { Experiment = Name, Rung = (Rung)(int)Mode, Share = Share };
        return plan with
        {
            SmallestEffect = File.SmallestEffect ?? plan.SmallestEffect,
            LatencyBudgetMs = File.LatencyBudgetMs ?? plan.LatencyBudgetMs,
            ShadowSearches = File.ShadowSearches ?? plan.ShadowSearches,
        };
    }

    /// <summary>What the rung's events say.</summary>
    public RungEvidence Analyse() =>
        RungAnalysis.Of(ExperimentLog.Read(Events, Name, Word(Mode), Plan), RungPlan());

    /// <summary>A mode's word.</summary>
    public static string Word(ExperimentMode mode) => mode.ToString().ToLowerInvariant();

    /// <summary>Reads a mode's word.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static ExperimentMode ParseMode(string? word) => word switch
    {
        "shadow" => ExperimentMode.Shadow,
        "percentage" => ExperimentMode.Percentage,
        "interleave" => ExperimentMode.Interleave,
        "full" => ExperimentMode.Full,
        _ => throw new FormatException($"'mode' is '{word}'; expected shadow, percentage, interleave or full."),
    };

    private const string Members =
        "Known members are name, mode, a, b, share, seed, kill_file, events, evidence, smallest_effect, latency_budget_ms and shadow_searches.";

    private static IEnumerable<string> Wrong(ExperimentFile file)
    {
        if (!ExperimentOptions.IsName(file.Name))
        {
            yield return $"'name' is '{file.Name}'; expected 1 to {ExperimentOptions.LongestName} letters, digits, '-', '_' or '.'.";
        }

        if (string.IsNullOrWhiteSpace(file.Events))
        {
            yield return "'events' is missing; expected the file that events are appended to, such as \"events.jsonl\".";
        }

        if (file.A is not null && file.A == file.B)
        {
            yield return $"'a' and 'b' are both '{file.A}'; there is nothing to compare.";
        }

        if (file.Share is not null and not (>= 0 and <= 1))
        {
            yield return $"'share' is {file.Share:R}; expected B's share of the sessions, from 0 to 1.";
        }

        if (file.SmallestEffect is not null and not (> 0 and <= 0.5))
        {
            yield return $"'smallest_effect' is {file.SmallestEffect:R}; expected more than 0, at most 0.5.";
        }

        if (file.LatencyBudgetMs is not null and not (>= 0 and <= 60_000))
        {
            yield return $"'latency_budget_ms' is {file.LatencyBudgetMs:R}; expected 0 to 60000.";
        }

        if (file.ShadowSearches is < 1)
        {
            yield return $"'shadow_searches' is {file.ShadowSearches}; expected at least 1.";
        }
    }

    private static ExperimentVariant Variant(string member, string? spec)
    {
        try
        {
            return ExperimentVariant.Parse(spec ?? throw new FormatException("it is missing; expected recall or rerank."));
        }
        catch (FormatException wrong)
        {
            throw new FormatException($"'{member}': {wrong.Message}");
        }
    }

    private static T? Parsed<T>(List<FileProblem> problems, Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (FormatException wrong)
        {
            problems.Add(new FileProblem(0, wrong.Message));
            return default;
        }
    }

    /// <summary>The serialiser's sentence without the names of our types.</summary>
    private static string Plain(JsonException error) => error.Path is { Length: > 2 } path
        ? $"'{path[2..]}' is no member, or its value is of the wrong kind."
        : "It is no JSON object.";

    private string Whole(string file) => System.IO.Path.GetFullPath(file, System.IO.Path.GetDirectoryName(Path)!);
}

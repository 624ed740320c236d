using System.Text.Json;

namespace Filip.Relevance.Online;

/// <summary>The time of one search in milliseconds, where one variant answered it or both were computed.</summary>
/// <param name="A">A's; null where only B was computed.</param>
/// <param name="B">B's; null where only A was computed.</param>
public readonly record struct SearchTime(double? A, double? B);

/// <summary>What became of the shadow searches.</summary>
/// <param name="Done">B answered.</param>
/// <param name="Degraded">B answered a lesser order.</param>
/// <param name="Failed">B failed.</param>
/// <param name="Dropped">The service was busy; B was not asked.</param>
/// <param name="Overlap">Mean share of A's page that is on B's too; null where B never answered.</param>
public sealed record ShadowOutcome(int Done, int Degraded, int Failed, int Dropped, double? Overlap);

/// <summary>The event file of a running service, read for one experiment.</summary>
/// <remarks>
/// The service's own lines say what was shown, by which variant, and who is credited with each picture; callers' lines say
/// what was clicked. The two are joined here by <c>query_id</c> and picture: what a caller claims of variants or credit is
/// not read. Clicks may stand before the page they belong to. Lines that cannot be read cost only themselves.
/// </remarks>
public sealed class ExperimentLog
{
    private const string Impression = "impression";
    private const string Shadow = "shadow";
    private const string Click = "click";

    private readonly Dictionary<string, ShownSearch> _shown = new(StringComparer.Ordinal);
    private readonly List<LogLine> _clicks = [];
    private readonly List<InteractionEvent> _events = [];
    private readonly List<SearchTime> _times = [];
    private readonly Dictionary<string, int> _uncounted = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _degraded = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _outcomes = new(StringComparer.Ordinal);
    private readonly List<double> _overlaps = [];
    private readonly long[] _picks = new long[2];

    private ExperimentLog()
    {
    }

    /// <summary>Pages shown and clicks on them, joined; only what counts.</summary>
    public IReadOnlyList<InteractionEvent> Events => _events;

    /// <summary>Times of the searches that count.</summary>
    public IReadOnlyList<SearchTime> Times => _times;

    /// <summary>Pages that do not count, by reason.</summary>
    public IReadOnlyDictionary<string, int> Uncounted => _uncounted;

    /// <summary>Counted pages whose order was a lesser one, by variant.</summary>
    public IReadOnlyDictionary<string, int> Degraded => _degraded;

    /// <summary>Shadow searches.</summary>
    public ShadowOutcome Shadows => new(
        _outcomes.GetValueOrDefault("done"), _outcomes.GetValueOrDefault("degraded"), _outcomes.GetValueOrDefault("failed"),
        _outcomes.GetValueOrDefault("dropped"), _overlaps.Count == 0 ? null : _overlaps.Average());

    /// <summary>Pictures on first pages that A alone, and that B alone, is credited with.</summary>
    public (long A, long B) Picks => (_picks[0], _picks[1]);

    /// <summary>Clicks on no page of this experiment, or on a picture that was not on it.</summary>
    public int StrayClicks { get; private set; }

    /// <summary>Lines of an experiment of this name and rung that was planned otherwise: a changed plan is another experiment.</summary>
    public int ForeignLines { get; private set; }

    /// <summary>Lines that could not be read.</summary>
    public int BadLines { get; private set; }

    /// <summary>Reads a file, also while a service writes it.</summary>
    /// <param name="path">The file; one that is not there holds nothing yet.</param>
    /// <param name="experiment">The experiment's name.</param>
    /// <param name="mode">The rung whose lines count: <c>shadow</c>, <c>percentage</c>, <c>interleave</c> or <c>full</c>.</param>
    /// <param name="plan">What the lines must say was planned; null takes any.</param>
    public static ExperimentLog Read(string path, string experiment, string mode, string? plan = null)
    {
        if (!File.Exists(path))
        {
            return Read([], experiment, mode, plan);
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file);
        return Read(Lines(reader), experiment, mode, plan);
    }

    /// <summary>Reads lines.</summary>
    /// <param name="lines">One event each.</param>
    /// <param name="experiment">The experiment's name.</param>
    /// <param name="mode">The rung whose lines count.</param>
    /// <param name="plan">What the lines must say was planned; null takes any.</param>
    public static ExperimentLog Read(IEnumerable<string> lines, string experiment, string mode, string? plan = null)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var log = new ExperimentLog();
        foreach (string line in lines)
        {
            if (line.Length > 0)
            {
                log.Take(line, experiment, mode, plan);
            }
        }

        log.Join(experiment);
        return log;
    }

    private static IEnumerable<string> Lines(StreamReader reader)
    {
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    private void Take(string line, string experiment, string mode, string? plan)
    {
        LogLine? one;
        try
        {
            one = JsonSerializer.Deserialize(line, LogLineJsonContext.Default.LogLine);
        }
        catch (JsonException)
        {
            BadLines++;
            return;
        }

        if (one?.QueryId is null || one.Session is null)
        {
            BadLines++;
        }
        else if (one.ActionName == Click)
        {
            _clicks.Add(one);
        }
        else if (one.EventAttributes?.Experiment is { } own && own.Id == experiment && own.Mode == mode)
        {
            if (plan is null || own.Plan == plan)
            {
                Own(one, own);
            }
            else
            {
                ForeignLines++;
            }
        }
    }

    private void Own(LogLine line, LogExperiment own)
    {
        if (line.ActionName == Shadow)
        {
            Count(_outcomes, own.Outcome ?? "failed");
            if (own.BMs is not null)
            {
                _times.Add(new SearchTime(own.AMs, own.BMs));
            }

            if (own.Overlap is { } overlap)
            {
                _overlaps.Add(overlap);
            }

            _events.Add(line.ToEvent(own.Id, null, null));
        }
        else if (line.ActionName == Impression && own.Uncounted is { } reason)
        {
            Count(_uncounted, reason);
        }
        else if (line.ActionName == Impression)
        {
            Show(line, own);
        }
    }

    private void Show(LogLine line, LogExperiment own)
    {
        var search = _shown.TryGetValue(line.QueryId!, out var known)
            ? known
            : _shown[line.QueryId!] = new ShownSearch(line.Session!, own.Variant, []);
        var shown = own.Shown ?? [];
        for (int i = 0; i < shown.Count; i++)
        {
            var credit = EventLine.CreditOf(own.Teams?.ElementAtOrDefault(i));
            search.Credits[shown[i]] = credit;
            if (own.From is null or 0 && credit is Credit.A or Credit.B)
            {
                _picks[credit == Credit.A ? 0 : 1]++;
            }
        }

        if (own.Degraded is not null)
        {
            Count(_degraded, own.Variant ?? "");
        }

        if (own.Teams is not null)
        {
            // A later page that was cut from a remembered window computed neither.
            if (own.AMs is not null && own.BMs is not null)
            {
                _times.Add(new SearchTime(own.AMs, own.BMs));
            }
        }
        else
        {
            _times.Add(own.Variant == "b" ? new SearchTime(null, own.TookMs) : new SearchTime(own.TookMs, null));
        }

        _events.Add(line.ToEvent(own.Id, own.Variant, null));
    }

    private void Join(string experiment)
    {
        foreach (var click in _clicks)
        {
            if (click.EventAttributes?.Object?.ObjectId is { } picture
                && _shown.TryGetValue(click.QueryId!, out var search)
                && search.Credits.TryGetValue(picture, out var credit))
            {
                // The page's session counts: a click that names another one was still made on that page.
                _events.Add(click.ToEvent(experiment, search.Variant, credit) with { Session = search.Session });
            }
            else
            {
                StrayClicks++;
            }
        }

        _clicks.Clear();
    }

    private static void Count(Dictionary<string, int> counts, string name) => counts[name] = counts.GetValueOrDefault(name) + 1;

    private sealed record ShownSearch(string Session, string? Variant, Dictionary<string, Credit?> Credits);
}

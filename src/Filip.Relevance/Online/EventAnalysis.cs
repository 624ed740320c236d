using System.Text.Json;
using System.Text.Json.Serialization;
using Filip.Relevance.Statistics;

namespace Filip.Relevance.Online;

/// <summary>A variant of a percentage experiment as it was used.</summary>
/// <param name="Variant">Its name.</param>
/// <param name="Sessions">Sessions that got it.</param>
/// <param name="ClickedSessions">Those of them that clicked.</param>
public sealed record ArmUse(string Variant, long Sessions, long ClickedSessions);

/// <summary>What the events of one experiment say.</summary>
/// <param name="Experiment">The experiment's id.</param>
/// <param name="Sessions">Sessions seen.</param>
/// <param name="Searches">Searches seen.</param>
/// <param name="Clicks">Clicks on documents, each document of a search once.</param>
/// <param name="Preference">Interleaving's answer; null where nothing was interleaved.</param>
/// <param name="Arms">Variants, where sessions were split between them.</param>
/// <param name="SampleRatio">Do the sessions keep to the planned shares? Null without shares.</param>
/// <param name="SwitchedSessions">Sessions seen in more than one variant: with sticky assignment there are none.</param>
public sealed record EventAnswer(
    string Experiment,
    int Sessions,
    int Searches,
    int Clicks,
    Preference? Preference,
    IReadOnlyList<ArmUse> Arms,
    GoodnessOfFit? SampleRatio,
    int SwitchedSessions)
{
    /// <summary>Below this p the split is broken and nothing else may be believed.</summary>
    public const double RatioAlarm = 0.001;

    /// <summary>False where the sessions do not keep to the planned shares, or some switched variants.</summary>
    public bool Sound => SwitchedSessions == 0 && !(SampleRatio?.P < RatioAlarm);

    /// <summary>The answer as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, EventAnswerJsonContext.Default.EventAnswer);
}

/// <summary>Analyses the events of an experiment.</summary>
/// <remarks>
/// A session votes once, however often it searches: its searches are not independent of each other. It votes for the
/// side with more credited clicks; a document clicked again in the same search counts once, and documents credited to
/// both count for neither. Sessions without a click do not vote.
/// </remarks>
public static class EventAnalysis
{
    private const string Click = "click";

    /// <summary>Analyses.</summary>
    /// <param name="events">Events; those of other experiments are left aside.</param>
    /// <param name="experiment">The experiment's id.</param>
    /// <param name="shares">Planned share of each variant by name, null where sessions were not split.</param>
    /// <param name="options">Seed and resamples.</param>
    public static EventAnswer Of(
        IEnumerable<InteractionEvent> events,
        string experiment,
        IReadOnlyDictionary<string, double>? shares = null,
        StatisticsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(events);
        InteractionEvent[] own = [.. events.Where(one => one.Experiment == experiment)];
        var clicks = own
            .Where(one => one.Action == Click && one.ObjectId is not null)
            .DistinctBy(one => (one.Session, one.QueryId, one.ObjectId))
            .ToArray();
        var variants = own
            .Where(one => one.Variant is not null)
            .GroupBy(one => one.Session)
            .Select(session => (Session: session.Key, Variants: session.Select(one => one.Variant!).Distinct().ToArray()))
            .ToArray();
        var clicked = clicks.Select(one => one.Session).ToHashSet();
        var steady = variants.Where(one => one.Variants.Length == 1).ToLookup(one => one.Variants[0], one => one.Session);
        string[] names = [.. (shares?.Keys ?? []).Union(steady.Select(arm => arm.Key)).Order(StringComparer.Ordinal)];
        ArmUse[] arms = [.. names.Select(name => new ArmUse(
            name, steady[name].Count(), steady[name].Count(clicked.Contains)))];
        return new EventAnswer(
            experiment,
            own.Select(one => one.Session).Distinct().Count(),
            own.Select(one => (one.Session, one.QueryId)).Distinct().Count(),
            clicks.Length,
            Votes(clicks, options),
            arms,
            shares is { Count: > 1 } ? Ratio(arms, shares) : null,
            variants.Count(one => one.Variants.Length > 1));
    }

    private static Preference? Votes(InteractionEvent[] clicks, StatisticsOptions? options)
    {
        int[] leads = [.. clicks
            .Where(one => one.Credit is not null)
            .GroupBy(one => one.Session)
            .Select(session => session.Count(one => one.Credit == Credit.B) - session.Count(one => one.Credit == Credit.A))];
        return leads.Length == 0
            ? null
            : Preference.Of(
                leads.Count(lead => lead < 0), leads.Count(lead => lead > 0), leads.Count(lead => lead == 0), options);
    }

    /// <summary>A variant without a planned share gets none: its sessions make the check fail, as they should.</summary>
    private static GoodnessOfFit? Ratio(ArmUse[] arms, IReadOnlyDictionary<string, double> shares)
    {
        if (arms.All(arm => arm.Sessions == 0))
        {
            return null;
        }

        return arms.All(arm => shares.ContainsKey(arm.Variant))
            ? GoodnessOfFit.Of([.. arms.Select(arm => arm.Sessions)], [.. arms.Select(arm => shares[arm.Variant])])
            : new GoodnessOfFit(double.MaxValue, arms.Length - 1, 0);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(EventAnswer))]
internal sealed partial class EventAnswerJsonContext : JsonSerializerContext;

using System.Globalization;
using Filip.Rerank.LateInteraction;
using Filip.Rerank.Search;

namespace Filip.Rerank.Experiments;

/// <summary>One side of an experiment: which stages answer, and with how many candidates.</summary>
/// <remarks>Written <c>recall</c>, <c>rerank</c> or <c>fused</c>, then settings: <c>rerank:candidates=500</c>, <c>fused:weight=0.3,candidates=500</c>.</remarks>
public sealed record ExperimentVariant
{
    private const int MostCandidates = 10_000;
    private const double EvenWeight = 0.5;

    private ExperimentVariant(string text) => Text = text;

    /// <summary>The spec as it was written.</summary>
    public string Text { get; }

    /// <summary>Whether late interaction orders the window.</summary>
    public bool Rescores { get; private init; }

    /// <summary>The late-interaction score's share of a fused score; null where nothing is fused.</summary>
    public double? Weight { get; private init; }

    /// <summary>How many candidates stage one proposes; null leaves it to the request.</summary>
    public int? Candidates { get; private init; }

    /// <summary>Whether the order is only known once the whole window is.</summary>
    internal bool NeedsWindow => Weight is not null;

    /// <summary>Reads a spec.</summary>
    /// <param name="text">What the configuration says.</param>
    /// <exception cref="FormatException">It is no spec; the message says what is wrong and what there is.</exception>
    public static ExperimentVariant Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var kind = colon < 0 ? text : text[..colon];
        var variant = kind switch
        {
            "recall" => new ExperimentVariant(text),
            "rerank" => new ExperimentVariant(text) { Rescores = true },
            "fused" => new ExperimentVariant(text) { Rescores = true, Weight = EvenWeight },
            _ => throw new FormatException(
                $"'{text}' is no variant; expected recall, rerank or fused, with settings after a colon: rerank:candidates=500, fused:weight=0.3."),
        };
        return colon < 0 ? variant : text[(colon + 1)..].Split(',').Aggregate(variant, (so, setting) => so.With(setting));
    }

    /// <summary>The request as this variant asks it.</summary>
    internal SearchRequest Asked(SearchRequest request) => request with
    {
        Mode = Rescores ? SearchMode.Rerank : SearchMode.Recall,
        Candidates = Candidates ?? request.Candidates,
    };

    /// <summary>The window in this variant's order.</summary>
    internal IReadOnlyList<SearchResult> Order(SearchWindow window)
    {
        var results = window.Results;
        if (Weight is not { } weight || window.Reason is not null and not DegradedReasons.PartialRecall)
        {
            // A window that late interaction did not reach keeps its recall order, and its answer says so.
            return results;
        }

        List<SearchResult> scored = [.. results.Where(result => result is { Score: not null, RecallScore: not null })];
        var fused = Fusion.Fuse(
            FusionMethod.MinMax,
            [.. scored.Select(result => new ScoredCandidate(result.Id, result.RecallRank, result.Score!.Value))],
            [.. scored.Select(result => result.RecallScore!.Value)],
            weight);
        var order = scored.Zip(fused)
            .OrderByDescending(pair => pair.Second).ThenBy(pair => pair.First.RecallRank)
            .Select(pair => pair.First with { Score = pair.Second })
            .Concat(results.Where(result => result.Score is null || result.RecallScore is null));
        return [.. order.Select((result, place) => result with { Rank = place + 1 })];
    }

    private ExperimentVariant With(string setting)
    {
        var equals = setting.IndexOf('=', StringComparison.Ordinal);
        var (name, value) = equals < 0 ? (setting, "") : (setting[..equals], setting[(equals + 1)..]);
        return name switch
        {
            "candidates" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= MostCandidates
                ? this with { Candidates = count }
                : throw new FormatException($"'{Text}' has {setting}; expected a number of candidates from 1 to {MostCandidates}."),
            "weight" when Weight is not null =>
                double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var weight) && weight is >= 0 and <= 1
                    ? this with { Weight = weight }
                    : throw new FormatException($"'{Text}' has {setting}; expected late interaction's share, from 0 to 1."),
            _ => throw new FormatException(
                $"'{Text}' has the setting '{setting}'; there is candidates=N{(Weight is null ? "" : " and weight=0.5")}."),
        };
    }
}

using Filip.Rerank.Search;

namespace Filip.Rerank.Experiments;

/// <summary>Both variants' windows as one order, each picture credited to whoever picked it.</summary>
/// <param name="experiment">The experiment.</param>
/// <param name="engine">Answers both.</param>
internal sealed class Interleaving(ExperimentOptions experiment, SearchEngine engine)
{
    private readonly RecentWindows _recent = new(experiment.RememberedWindows);

    /// <summary>What came of both variants.</summary>
    /// <param name="Window">A's window, whose clock and degradation the answer carries.</param>
    /// <param name="Order">The mixed order; null where one of the two is a lesser one, or B failed.</param>
    /// <param name="AMs">Milliseconds of A; null where the window was remembered.</param>
    /// <param name="BMs">Milliseconds of B.</param>
    /// <param name="Failure">Why B failed.</param>
    public sealed record Mixed(
        SearchWindow Window, IReadOnlyList<SearchResult>? Order, double? AMs, double? BMs, Exception? Failure = null);

    /// <summary>Mixes the whole window once; later pages are cut from the same order.</summary>
    public async Task<Mixed> RankAsync(SearchRequest request, string session, string queryId, CancellationToken cancellationToken)
    {
        // Another generation ranks other pictures, and explanations are only in windows that were asked with them.
        var key = $"{queryId} {engine.Generation} {request.Explain}";
        if (_recent.Find(key) is { } remembered)
        {
            return new Mixed(engine.Remembered(request), remembered, null, null);
        }

        var asking = TryRankAsync(experiment.B, request, cancellationToken);
        SearchWindow a;
        try
        {
            a = await engine.RankAsync(experiment.A.Asked(request), whole: true, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // A's failure is the answer; B is not left running behind it.
            await asking.ConfigureAwait(false);
            throw;
        }

        var aMs = a.Clock.Elapsed.TotalMilliseconds;
        var (b, bMs, failure) = await asking.ConfigureAwait(false);
        if (b is null || b.Reason is not null || a.Reason is not null)
        {
            return new Mixed(a, null, aMs, bMs, failure);
        }

        // One answer, two computations side by side: each stage took what the slower of the two took.
        (a.Clock.Fetch, a.Clock.Score) = (Longer(a.Clock.Fetch, b.Clock.Fetch), Longer(a.Clock.Score, b.Clock.Score));
        var order = Mix(experiment.A.Order(a), experiment.B.Order(b), session, request.Query!);
        return new Mixed(a, _recent.Keep(key, order), aMs, bMs);
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private async Task<(SearchWindow? Window, double Ms, Exception? Failure)> TryRankAsync(
        ExperimentVariant variant, SearchRequest request, CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        try
        {
            var window = await engine.RankAsync(variant.Asked(request), whole: true, cancellationToken).ConfigureAwait(false);
            return (window, TimeProvider.System.GetElapsedTime(start).TotalMilliseconds, null);
        }
        catch (Exception failure)
        {
            // What is wrong with the request is wrong for A too, which says so; all else is B's own and costs no page.
            return (null, TimeProvider.System.GetElapsedTime(start).TotalMilliseconds, failure);
        }
    }

    private List<SearchResult> Mix(IReadOnlyList<SearchResult> a, IReadOnlyList<SearchResult> b, string session, string query)
    {
        var picks = experiment.Policy.Interleave([.. a.Select(result => result.Id)], [.. b.Select(result => result.Id)], session, query);

        // Recall scores and late-interaction scores are different scales: one answer shows one kind, and none where a picture lacks it.
        var (scored, other) = experiment.A.Rescores || !experiment.B.Rescores ? (a, b) : (b, a);
        var mixedKinds = experiment.A.Rescores != experiment.B.Rescores || experiment.A.Weight != experiment.B.Weight;
        var results = other.Select(result => mixedKinds ? result with { Score = null } : result).Concat(scored)
            .GroupBy(result => result.Id, StringComparer.Ordinal)
            .ToDictionary(same => same.Key, same => same.Last(), StringComparer.Ordinal);
        return [.. picks.Select((pick, place) => results[pick.Id] with { Rank = place + 1, Team = pick.Team })];
    }
}

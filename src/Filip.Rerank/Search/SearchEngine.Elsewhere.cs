using Filip.Recall;
using Filip.Rerank.Patches;
using Filip.Rerank.Telemetry;

namespace Filip.Rerank.Search;

/// <summary>Candidates that somebody else finds, with the store that has their patches.</summary>
/// <param name="Candidates">In recall order; a score of NaN says that there is none.</param>
/// <param name="Partial">Whether parts of the index did not answer.</param>
/// <param name="Store">Where their records are.</param>
internal sealed record FoundWindow(IReadOnlyList<Candidate> Candidates, bool Partial, IPatchStore Store);

/// <summary>A window in its new order, or in the old one with the reason.</summary>
/// <param name="Answer">The whole window, those without patches at its end.</param>
/// <param name="Rescored">Whether the order is stage two's.</param>
internal sealed record RescoredWindow(SearchAnswer Answer, bool Rescored);

/// <content>Stage two alone, over candidates that come from outside.</content>
public sealed partial class SearchEngine
{
    /// <summary>Whether late-interaction scores are to be had: some contracts compare pooled vectors only.</summary>
    internal bool Rescores => _scoring.Contract.IsLateInteraction;

    /// <summary>Re-scores candidates that are being looked for elsewhere while the query is encoded.</summary>
    /// <param name="query">The text.</param>
    /// <param name="deadline">Time for the whole answer. It does not end <paramref name="find"/>, without which there is no order.</param>
    /// <param name="find">Finds the candidates; null says that there is nothing to re-score.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Null where <paramref name="find"/> answered null.</returns>
    /// <exception cref="SearchRefusedException">The query leaves no token, or is too long.</exception>
    internal async Task<RescoredWindow?> RescoreWindowAsync(
        string query, TimeSpan deadline, Func<CancellationToken, Task<FoundWindow?>> find, CancellationToken cancellationToken)
    {
        _door.RequireText(query);
        var clock = new StageClock(_parts.TimeProvider, _door.Deadline(deadline));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var encoding = EncodeBesideAsync(query, clock, stop.Token);
        FoundWindow? found;
        try
        {
            found = await find(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await LeaveAsync(encoding, stop).ConfigureAwait(false);
            throw;
        }

        if (found is null)
        {
            await LeaveAsync(encoding, stop).ConfigureAwait(false);
            return null;
        }

        clock.Recall = clock.Elapsed;
        FilipTelemetry.Stage("recall", clock.Recall);
        FilipTelemetry.Candidates(found.Candidates.Count);
        var (encoded, reason) = await encoding.ConfigureAwait(false);
        FilipTelemetry.Stage("encode", clock.Encode);
        var draft = new AnswerDraft(found.Candidates, found.Candidates.Count, Search.MissingPatches.Keep);
        draft.Degrade(reason);
        if (encoded is not null && found.Candidates.Count > 0)
        {
            await RescoreAsync(draft, encoded, explain: false, found.Store, clock, cancellationToken).ConfigureAwait(false);
        }

        draft.Degrade(found.Partial ? DegradedReasons.PartialRecall : null);
        return new RescoredWindow(Finish(draft, draft.Results(), clock, namesMissing: true), draft.IsRescored);
    }

    private async Task<(EncodedQuery? Query, string? Reason)> EncodeBesideAsync(
        string text, StageClock clock, CancellationToken cancellationToken)
    {
        var notes = new AnswerDraft([], 0, Search.MissingPatches.Keep);
        var query = await EncodeOrDegradeAsync(text, notes, clock, cancellationToken).ConfigureAwait(false);
        clock.Encode = clock.Elapsed;
        return (query, notes.Reason);
    }

    // The encoding nobody waits for any more is no unobserved exception.
    private static async Task LeaveAsync(Task encoding, CancellationTokenSource stop)
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await encoding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}

using System.Diagnostics;
using Filip.Rerank.LateInteraction;
using Filip.Rerank.Patches;
using Filip.Rerank.Telemetry;

namespace Filip.Rerank.Search;

/// <summary>What stage two is asked.</summary>
/// <param name="Query">The encoded query.</param>
/// <param name="Ids">The candidates' ids, in recall order.</param>
/// <param name="Top">How many of the best are explained.</param>
/// <param name="Explain">Whether contributions are wanted.</param>
/// <param name="Store">Where the records are, if not in the engine's own store.</param>
internal sealed record StageTwoQuestion(
    EncodedQuery Query, IReadOnlyList<string> Ids, int Top, bool Explain, IPatchStore? Store = null);

/// <summary>What stage two found.</summary>
/// <param name="Ranked">Candidates with a score, best first; ties by recall rank.</param>
/// <param name="Missing">Places (recall order) of candidates without patches.</param>
internal sealed record StageTwoOrder(IReadOnlyList<RankedCandidate> Ranked, IReadOnlyList<int> Missing);

/// <summary>A candidate with its late-interaction score.</summary>
/// <param name="Place">Its place in the recall order, from 0.</param>
/// <param name="Score">Its late-interaction score.</param>
/// <param name="Tokens">What each token contributed; null unless asked for.</param>
internal sealed record RankedCandidate(int Place, double Score, IReadOnlyList<TokenContribution>? Tokens);

/// <summary>Fetches patches and re-scores, by the deadline or not at all.</summary>
/// <param name="store">Where patch records are.</param>
/// <param name="scoring">How they are scored.</param>
/// <param name="mostInFlight">Calls that may be under way at once, abandoned ones included.</param>
internal sealed class StageTwo(IPatchStore store, PatchScoring scoring, int mostInFlight)
{
    private int _inFlight;

    /// <summary>The new order, or the reason why there is none.</summary>
    public async Task<(StageTwoOrder? Order, string? Reason)> RunAsync(
        StageTwoQuestion question, StageClock clock, CancellationToken cancellationToken)
    {
        if (clock.Left <= TimeSpan.Zero)
        {
            return (null, DegradedReasons.Deadline);
        }

        // A store that hangs leaves its calls behind; without a bound they would eat the threads that the recall order needs.
        if (Interlocked.Increment(ref _inFlight) > mostInFlight)
        {
            Interlocked.Decrement(ref _inFlight);
            return (null, DegradedReasons.Busy);
        }

        var fetched = clock.Elapsed;
        var times = new Times();
        try
        {
            var finish = await DeadlineRace.RunAsync(
                token => FetchAndScoreAsync(question, clock, times, token), clock.Left, clock.Time, cancellationToken)
                .ConfigureAwait(false);
            times.CopyTo(clock, fetched);
            return finish.InTime ? (finish.Value, null) : (null, DegradedReasons.Deadline);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (StageTwoFailedException failure)
        {
            times.CopyTo(clock, fetched);
            Activity.Current?.AddException(failure.InnerException!);
            return (null, failure.Reason);
        }
    }

    private async Task<StageTwoOrder> FetchAndScoreAsync(
        StageTwoQuestion question, StageClock clock, Times times, CancellationToken cancellationToken)
    {
        try
        {
            using var batch = await FetchAsync(question, cancellationToken).ConfigureAwait(false);
            times.Fetched = clock.Elapsed;
            using var span = FilipTelemetry.Source.StartActivity("score");
            var order = Score(question, batch, cancellationToken);
            times.Scored = clock.Elapsed;
            return order;
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    private async Task<PatchBatch> FetchAsync(StageTwoQuestion question, CancellationToken cancellationToken)
    {
        var ids = question.Ids;
        using var span = FilipTelemetry.Source.StartActivity("fetch");
        try
        {
            var batch = await (question.Store ?? store).FetchAsync(ids, cancellationToken).ConfigureAwait(false);
            if (batch.Count != ids.Count)
            {
                var count = batch.Count;
                batch.Dispose();
                throw new InvalidDataException($"The patch store answered {count} records for {ids.Count} ids.");
            }

            return batch;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever a store throws, the page gets its recall order.
            throw new StageTwoFailedException(DegradedReasons.PatchStore, failure);
        }
    }

    private StageTwoOrder Score(StageTwoQuestion question, PatchBatch batch, CancellationToken cancellationToken)
    {
        try
        {
            using var query = scoring.Prepare(question.Query);
            var (scores, statuses) = scoring.Score(query, batch, question.Ids, cancellationToken);
            var scored = new ScoredCandidate[statuses.Count(status => status == CandidateStatus.Scored)];
            List<int> missing = [];
            var next = 0;
            for (var place = 0; place < scores.Length; place++)
            {
                if (statuses[place] == CandidateStatus.Scored)
                {
                    scored[next++] = new ScoredCandidate(question.Ids[place], place + 1, scores[place]);
                }
                else
                {
                    missing.Add(place);
                }
            }

            CandidateOrder.Sort(scored);
            var ranked = new RankedCandidate[scored.Length];
            for (var i = 0; i < ranked.Length; i++)
            {
                var place = scored[i].RecallRank - 1;
                cancellationToken.ThrowIfCancellationRequested();
                ranked[i] = new RankedCandidate(
                    place, scored[i].Score,
                    question.Explain && i < question.Top
                        ? PatchScoring.Contributions(question.Query, query, batch[place].Span)
                        : null);
            }

            return new StageTwoOrder(ranked, missing);
        }
        catch (InvalidDataException damaged)
        {
            throw new StageTwoFailedException(DegradedReasons.Corrupt, damaged);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new StageTwoFailedException(DegradedReasons.Scoring, failure);
        }
    }

    /// <summary>Written by the work, read by whoever waits; late work writes here and not into the answer.</summary>
    private sealed class Times
    {
        public TimeSpan? Fetched { get; set; }

        public TimeSpan? Scored { get; set; }

        public void CopyTo(StageClock clock, TimeSpan start)
        {
            clock.Fetch = (Fetched ?? clock.Elapsed) - start;
            clock.Score = Fetched is { } fetched ? (Scored ?? clock.Elapsed) - fetched : TimeSpan.Zero;
        }
    }
}

/// <summary>Stage two failed for a reason that the answer names.</summary>
/// <param name="reason">One of <see cref="DegradedReasons"/>.</param>
/// <param name="inner">The cause.</param>
internal sealed class StageTwoFailedException(string reason, Exception inner) : Exception(inner.Message, inner)
{
    /// <summary>One of <see cref="DegradedReasons"/>.</summary>
    public string Reason { get; } = reason;
}

using Filip.Rerank.Patches;
using Filip.Rerank.Telemetry;

namespace Filip.Rerank.Search;

/// <content>A search in its two halves, the order and the page, so that what lies between may reorder a whole window.</content>
public sealed partial class SearchEngine
{
    /// <summary>An engine over the same parts whose unfinished stage-two calls are counted apart, so that they take no place of this one's.</summary>
    /// <param name="mostInFlight">Its stage-two calls under way at once.</param>
    internal SearchEngine Beside(int mostInFlight) =>
        new(_parts with { Options = _parts.Options with { MaxStageTwoInFlight = mostInFlight } });

    /// <summary>A window that was ranked before, to be cut again.</summary>
    /// <param name="request">The page wanted.</param>
    internal SearchWindow Remembered(SearchRequest request)
    {
        var (top, _) = Sizes(request);
        return new SearchWindow(new AnswerDraft([], 0, _parts.Options.MissingPatches), Clock(request), request.From, top);
    }

    /// <summary>Ranks the window of candidates; fields are not read yet.</summary>
    /// <param name="request">What is looked for.</param>
    /// <param name="whole">Whether the whole window is wanted, or only down to the end of the page.</param>
    /// <param name="cancellationToken">Ends the search; the deadline does not.</param>
    internal async Task<SearchWindow> RankAsync(SearchRequest request, bool whole, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        RequireOneQuestion(request);
        SearchDoor.RequireFilters(request.Filters);
        SearchDoor.RequireLexicalWeight(request.LexicalWeight);
        var (top, count) = Sizes(request);
        EnsureSameModel();
        var clock = Clock(request);

        var query = await EncodeAsync(request, clock, cancellationToken).ConfigureAwait(false);
        clock.Encode = clock.Elapsed;
        FilipTelemetry.Stage("encode", clock.Encode);
        var recall = await RecallAsync(request, query, count, clock, cancellationToken).ConfigureAwait(false);
        clock.Recall = clock.Elapsed - clock.Encode;
        FilipTelemetry.Stage("recall", clock.Recall);
        FilipTelemetry.Candidates(recall.Candidates.Count);

        var draft = new AnswerDraft(recall.Candidates, whole ? count : request.From + top, _parts.Options.MissingPatches);
        draft.Degrade(recall.Partial is null ? null : DegradedReasons.PartialRecall);
        await using var held = recall.Records is null ? null : new HeldPatchStore(recall.Records);
        if (Rescored(request) && recall.Candidates.Count > 0)
        {
            await RescoreAsync(draft, query, request.Explain, held, clock, cancellationToken).ConfigureAwait(false);
        }

        return new SearchWindow(draft, clock, request.From, top);
    }

    /// <summary>The answer that shows these results of a window, with their fields.</summary>
    internal async Task<SearchAnswer> PresentAsync(
        SearchWindow window, IReadOnlyList<SearchResult> page, CancellationToken cancellationToken)
    {
        var results = await WithFieldsAsync(page, window.Draft, window.Clock, cancellationToken).ConfigureAwait(false);
        return Finish(window.Draft, results, window.Clock, namesMissing: window.Draft.Missing.Count > 0);
    }

    private bool Rescored(SearchRequest request) => request.Mode == SearchMode.Rerank && _scoring.Contract.IsLateInteraction;

    private (int Top, int Candidates) Sizes(SearchRequest request)
    {
        _door.RequireFrom(request.From);
        return _door.Sizes(request.Top, request.Candidates);
    }

    private StageClock Clock(SearchRequest request) => new(_parts.TimeProvider, _door.Deadline(request.Deadline));
}

/// <summary>A ranked window, from which pages are cut.</summary>
/// <param name="draft">The order, and what lessens it.</param>
/// <param name="clock">The request's time.</param>
/// <param name="from">How many of the best the page passes over.</param>
/// <param name="top">Most results of the page.</param>
internal sealed class SearchWindow(AnswerDraft draft, StageClock clock, int from, int top)
{
    /// <summary>The order, and what lessens it.</summary>
    public AnswerDraft Draft => draft;

    /// <summary>The request's time.</summary>
    public StageClock Clock => clock;

    /// <summary>How many of the best the page passes over.</summary>
    public int From => from;

    /// <summary>Why the order is a lesser one; null where it is not.</summary>
    public string? Reason => draft.Reason;

    /// <summary>The results in their order, as far down as was asked.</summary>
    public IReadOnlyList<SearchResult> Results { get; } = draft.Results();

    /// <summary>The page that was asked for.</summary>
    public IReadOnlyList<SearchResult> Page() => Page(Results);

    /// <summary>The same page of another order.</summary>
    public IReadOnlyList<SearchResult> Page(IReadOnlyList<SearchResult> order) => [.. order.Skip(from).Take(top)];
}

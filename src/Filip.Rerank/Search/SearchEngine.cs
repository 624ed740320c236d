using System.Diagnostics;
using Filip.Embeddings;
using Filip.Recall;
using Filip.Rerank.Patches;
using Filip.Rerank.Telemetry;

namespace Filip.Rerank.Search;

/// <summary>The two-stage search: candidates by pooled vector, order by late interaction, an order in any case.</summary>
/// <remarks>Stateless between requests but for its caches; any number of requests may run at once.</remarks>
public sealed partial class SearchEngine
{
    /// <summary>Time the pictures' fields get where the deadline is already over.</summary>
    private static readonly TimeSpan s_fieldsGrace = TimeSpan.FromMilliseconds(5);

    private readonly SearchEngineParts _parts;
    private readonly SearchDoor _door;
    private readonly QueryEncoder _encoder;
    private readonly PictureQuery? _pictures;
    private readonly PatchScoring _scoring;
    private readonly StageTwo _stageTwo;
    private volatile IndexStamp _trusted;

    /// <summary>Puts an engine together, and refuses an index that another model made.</summary>
    /// <param name="parts">What it is made of; the caller keeps owning them.</param>
    /// <exception cref="StampMismatchException">The index belongs to another model.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public SearchEngine(SearchEngineParts parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        parts.Options.Validate();
        _trusted = parts.CandidateSource.Stamp;
        EnsureUsable(_trusted, parts);
        _parts = parts;
        _door = new SearchDoor(parts.Options);
        _encoder = new QueryEncoder(parts.TextEncoder, parts.Templates, parts.Options.TextCacheEntries);
        _pictures = PictureQuery.From(parts);
        _scoring = new PatchScoring(parts);
        _stageTwo = new StageTwo(parts.PatchStore, _scoring, parts.Options.MaxStageTwoInFlight);
    }

    /// <summary>Limits and defaults.</summary>
    public SearchOptions Options => _parts.Options;

    /// <summary>What the index was built with.</summary>
    public IndexStamp Stamp => _parts.CandidateSource.Stamp;

    /// <summary>Name of the generation that answers.</summary>
    public string Generation => _parts.CandidateSource.Generation;

    /// <summary>Name of the kernel that computes late interaction.</summary>
    public string Kernel => _scoring.Kernel;

    /// <summary>Whether pictures can be searched by.</summary>
    public bool SearchesByPicture => _pictures is not null;

    /// <summary>Finds the pictures that show what the query says.</summary>
    /// <param name="request">What is looked for.</param>
    /// <param name="cancellationToken">Ends the search; the deadline does not.</param>
    /// <exception cref="SearchRefusedException">The request can have no answer.</exception>
    /// <exception cref="StageOneUnavailableException">There are no candidates because stage one failed.</exception>
    /// <exception cref="StampMismatchException">The index was replaced by another model's.</exception>
    public async Task<SearchAnswer> SearchAsync(SearchRequest request, CancellationToken cancellationToken)
    {
        using var span = FilipTelemetry.Source.StartActivity("search");
        var window = await RankAsync(request, whole: false, cancellationToken).ConfigureAwait(false);
        return await PresentAsync(window, window.Page(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Re-scores candidates that the caller brings, from their stored patches.</summary>
    /// <param name="request">The query and the candidates.</param>
    /// <param name="cancellationToken">Ends the call; the deadline does not.</param>
    /// <exception cref="SearchRefusedException">The request can have no answer.</exception>
    /// <exception cref="StampMismatchException">The index was replaced by another model's.</exception>
    public async Task<SearchAnswer> RerankAsync(RerankRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        _door.RequireText(request.Query);
        var top = _door.RequireCandidates(request.Candidates, request.Top);
        EnsureSameModel();
        using var span = FilipTelemetry.Source.StartActivity("rerank");
        var clock = new StageClock(_parts.TimeProvider, _door.Deadline(request.Deadline));
        FilipTelemetry.Candidates(request.Candidates.Count);
        List<Candidate> candidates = [.. request.Candidates.Select((candidate, place) =>
            new Candidate(candidate.Id, place + 1, candidate.Score ?? double.NaN))];
        var draft = new AnswerDraft(candidates, top, request.Missing ?? _parts.Options.MissingPatches);

        var query = await EncodeOrDegradeAsync(request.Query, draft, clock, cancellationToken).ConfigureAwait(false);
        clock.Encode = clock.Elapsed;
        FilipTelemetry.Stage("encode", clock.Encode);
        if (query is not null && _scoring.Contract.IsLateInteraction)
        {
            await RescoreAsync(draft, query, request.Explain, store: null, clock, cancellationToken).ConfigureAwait(false);
        }

        return Finish(draft, draft.Results(), clock, namesMissing: true);
    }

    private async Task RescoreAsync(
        AnswerDraft draft, EncodedQuery query, bool explain, IPatchStore? store, StageClock clock, CancellationToken cancellationToken)
    {
        var question = new StageTwoQuestion(query, draft.Ids, draft.Top, explain, store);
        var (order, reason) = await _stageTwo.RunAsync(question, clock, cancellationToken).ConfigureAwait(false);
        FilipTelemetry.Stage("fetch", clock.Fetch);
        FilipTelemetry.Stage("score", clock.Score);
        draft.Degrade(reason);
        if (order is not null)
        {
            draft.Take(order);
            FilipTelemetry.MissingPatches(draft.Missing.Count);
        }
    }

    private async Task<IReadOnlyList<SearchResult>> WithFieldsAsync(
        IReadOnlyList<SearchResult> results, AnswerDraft draft, StageClock clock, CancellationToken cancellationToken)
    {
        if (results.Count == 0)
        {
            return results;
        }

        try
        {
            List<string> ids = [.. results.Select(result => result.Id)];
            var left = clock.Left > s_fieldsGrace ? clock.Left : s_fieldsGrace;
            var found = await DeadlineRace.RunAsync(
                token => _parts.CandidateSource.GetFieldsAsync(ids, token).AsTask(), left, clock.Time, cancellationToken)
                .ConfigureAwait(false);
            if (found.InTime)
            {
                return [.. results.Select(result => result with { Fields = PictureFieldsJson.Of(result.Id, found.Value!) })];
            }
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            // The order stands without them; the answer says that they are lacking.
            Activity.Current?.AddException(failure);
        }

        draft.Degrade(DegradedReasons.Fields);
        return results;
    }

    private SearchAnswer Finish(
        AnswerDraft draft, IReadOnlyList<SearchResult> results, StageClock clock, bool namesMissing)
    {
        if (draft.Reason is { } reason)
        {
            FilipTelemetry.Degraded(reason);
            Activity.Current?.SetTag("filip.degraded", reason);
        }

        var timings = clock.Read();
        FilipTelemetry.Stage("total", clock.Elapsed);
        return new SearchAnswer
        {
            Results = results,
            Degraded = draft.Reason is not null,
            Reason = draft.Reason,
            Missing = namesMissing ? draft.Missing : null,
            Model = _parts.RunningStamp.ModelId,
            Generation = Generation,
            Kernel = Kernel,
            TimingsMs = timings,
        };
    }
}

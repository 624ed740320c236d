using Filip.Rerank.Search;
using Filip.Rerank.Telemetry;
using Microsoft.Extensions.Logging;

namespace Filip.Rerank.Experiments;

/// <summary>An experiment under way: decides what a search gets, and records what it got.</summary>
internal sealed class RunningExperiment(
    ExperimentOptions experiment, SearchEngine engine, EventLog events, ShadowWork shadows, ILogger<RunningExperiment> logger)
{
    private const string Interleaved = "interleaved";

    private readonly KillSwitch _kill = new(experiment.KillFile, TimeProvider.System);
    private readonly Interleaving _interleaving = new(experiment, engine);

    /// <summary>What is run.</summary>
    public ExperimentOptions Options => experiment;

    /// <summary>Where events go.</summary>
    public EventLog Events => events;

    /// <summary>Answers a search as the experiment says.</summary>
    public async Task<ServedSearch> SearchAsync(SearchRequest request, Trial trial, CancellationToken cancellationToken)
    {
        var (variant, uncounted) = Decide(trial);
        using var span = FilipTelemetry.Source.StartActivity("search");
        span?.SetTag("filip.experiment", experiment.Name).SetTag("filip.variant", variant);
        return variant == Interleaved
            ? await MixedAsync(request, trial.Session!, cancellationToken).ConfigureAwait(false)
            : await PlainAsync(request, trial, variant, uncounted, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Records a page once it is out, and has B asked in the shadow; waits for nothing.</summary>
    public void Record(ServedSearch served)
    {
        var (answer, echo) = (served.Answer, served.Answer.Experiment!);
        ExperimentTelemetry.Searched(echo, answer.TimingsMs.Total);
        if (echo.QueryId is null)
        {
            return;
        }

        if (experiment.Mode == ExperimentMode.Shadow && echo.Uncounted is null)
        {
            // Later pages would vote again for the same search.
            if (served.Request.From == 0)
            {
                shadows.Offer(new ShadowSearch(served.Request, echo.QueryId, served.Session, answer));
            }

            return;
        }

        events.Post(
            new EventRecord(
                EventRecord.Impression, echo.QueryId, served.Session ?? EventRecord.Nobody, TimeProvider.System.GetUtcNow(),
                new EventRecordAttributes(new ExperimentRecord
                {
                    Id = echo.Name,
                    Mode = echo.Mode,
                    Plan = experiment.Plan,
                    Variant = echo.Variant == Interleaved ? null : echo.Variant,
                    Uncounted = echo.Uncounted,
                    From = served.Request.From,
                    Shown = [.. answer.Results.Select(result => result.Id)],
                    Teams = echo.Variant == Interleaved ? [.. answer.Results.Select(result => result.Team!)] : null,
                    TookMs = answer.TimingsMs.Total,
                    Degraded = answer.Reason,
                    AMs = served.AMs,
                    BMs = served.BMs,
                })).ToLine(),
            1);
    }

    private (string Variant, string? Uncounted) Decide(Trial trial)
    {
        if (_kill.IsOn)
        {
            return (Teams.A, UncountedReasons.Killed);
        }

        if (trial.Forced is { } forced)
        {
            return (forced, UncountedReasons.Forced);
        }

        return experiment.Mode switch
        {
            ExperimentMode.Shadow => (Teams.A, null),
            ExperimentMode.Full => (Teams.B, trial.Session is null ? UncountedReasons.NoSession : null),
            _ when trial.Session is null => (Teams.A, UncountedReasons.NoSession),
            ExperimentMode.Percentage => (experiment.Policy.TakesB(trial.Session) ? Teams.B : Teams.A, null),
            _ => (Interleaved, null),
        };
    }

    private async Task<ServedSearch> PlainAsync(
        SearchRequest request, Trial trial, string name, string? uncounted, CancellationToken cancellationToken)
    {
        var variant = name == Teams.B ? experiment.B : experiment.A;
        var window = await engine.RankAsync(variant.Asked(request), variant.NeedsWindow, cancellationToken).ConfigureAwait(false);
        var answer = await engine.PresentAsync(window, window.Page(variant.Order(window)), cancellationToken).ConfigureAwait(false);

        // Nothing is recorded of what the experiment has no part in.
        var recorded = uncounted is null || (uncounted == UncountedReasons.Forced && trial.Session is not null);
        return Served(request, trial.Session, answer, name, recorded ? Identity(request, trial.Session, uncounted is null ? null : uncounted + name) : null, uncounted);
    }

    private async Task<ServedSearch> MixedAsync(SearchRequest request, string session, CancellationToken cancellationToken)
    {
        var queryId = Identity(request, session, null);
        var mixed = await _interleaving.RankAsync(request, session, queryId, cancellationToken).ConfigureAwait(false);
        if (mixed.Failure is { } failure)
        {
            logger.VariantFailed(failure);
        }

        var order = mixed.Order ?? experiment.A.Order(mixed.Window);
        var answer = await engine.PresentAsync(mixed.Window, mixed.Window.Page(order), cancellationToken).ConfigureAwait(false);
        var served = mixed.Order is null
            ? Served(request, session, answer, Teams.A, Identity(request, session, UncountedReasons.Degraded), UncountedReasons.Degraded)
            : Served(request, session, answer, Interleaved, queryId, null);
        return served with { AMs = mixed.AMs, BMs = mixed.BMs };
    }

    private string Identity(SearchRequest request, string? session, string? how) => SearchIdentity.Of(experiment, session, request, how);

    private ServedSearch Served(
        SearchRequest request, string? session, SearchAnswer answer, string variant, string? queryId, string? uncounted) =>
        new(request, session, answer with
        {
            Experiment = new ExperimentEcho(experiment.Name, experiment.ModeName, variant, queryId, uncounted),
        });
}

/// <summary>A search and what it was answered.</summary>
/// <param name="Request">The request as it came.</param>
/// <param name="Session">Who asked.</param>
/// <param name="Answer">The answer; without an experiment's echo it was no part of one.</param>
internal sealed record ServedSearch(SearchRequest Request, string? Session, SearchAnswer Answer)
{
    /// <summary>Milliseconds of A, where both were computed.</summary>
    public double? AMs { get; init; }

    /// <summary>Milliseconds of B, where both were computed.</summary>
    public double? BMs { get; init; }
}

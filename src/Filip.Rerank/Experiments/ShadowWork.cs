using System.Threading.Channels;
using Filip.Rerank.Search;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Filip.Rerank.Experiments;

/// <summary>A search that A has answered and B is to be asked too.</summary>
/// <param name="Request">The request as it came.</param>
/// <param name="QueryId">The search's id.</param>
/// <param name="Session">Who asked, or null.</param>
/// <param name="Answer">A's answer.</param>
internal sealed record ShadowSearch(SearchRequest Request, string QueryId, string? Session, SearchAnswer Answer);

/// <summary>Asks B after A's page is out, a few at a time; when more comes than that, it is dropped and counted.</summary>
internal sealed class ShadowWork : BackgroundService
{
    private readonly ExperimentOptions _experiment;
    private readonly SearchEngine _engine;
    private readonly EventLog _events;
    private readonly ILogger<ShadowWork> _logger;
    private readonly Channel<ShadowSearch> _waiting;

    /// <summary>Prepares the work; the host starts it.</summary>
    public ShadowWork(ExperimentOptions experiment, SearchEngine engine, EventLog events, ILogger<ShadowWork> logger)
    {
        _experiment = experiment;
        _events = events;
        _logger = logger;

        // B's calls that hang are bounded on their own: they must not use up the places that A's stage two has.
        _engine = engine.Beside(experiment.ShadowWorkers * 2);
        _waiting = Channel.CreateBounded<ShadowSearch>(experiment.ShadowQueue);
    }

    /// <summary>Takes a search, or drops it; never waits.</summary>
    public void Offer(ShadowSearch search)
    {
        if (!_waiting.Writer.TryWrite(search))
        {
            Write(search, null, 0, "dropped");
        }
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, _experiment.ShadowWorkers).Select(_ => Task.Run(() => WorkAsync(stoppingToken), stoppingToken)));

    private async Task WorkAsync(CancellationToken stop)
    {
        await foreach (var search in _waiting.Reader.ReadAllAsync(stop).ConfigureAwait(false))
        {
            var start = TimeProvider.System.GetTimestamp();
            try
            {
                var request = _experiment.B.Asked(search.Request) with { Deadline = null, Explain = false };
                var window = await _engine.RankAsync(request, _experiment.B.NeedsWindow, stop).ConfigureAwait(false);
                var page = window.Page(_experiment.B.Order(window));
                Write(
                    search, page, TimeProvider.System.GetElapsedTime(start).TotalMilliseconds,
                    window.Reason is null ? "done" : "degraded", window.Reason);
            }
            catch (Exception failure) when (!stop.IsCancellationRequested)
            {
                _logger.ShadowFailed(failure);
                Write(search, null, TimeProvider.System.GetElapsedTime(start).TotalMilliseconds, "failed");
            }
        }
    }

    private void Write(ShadowSearch search, IReadOnlyList<SearchResult>? page, double milliseconds, string outcome, string? reason = null)
    {
        ExperimentTelemetry.Shadow(outcome);
        string[] a = [.. search.Answer.Results.Select(result => result.Id)];
        string[]? b = page is null ? null : [.. page.Select(result => result.Id)];
        var times = search.Answer.TimingsMs;
        _events.Post(
            new EventRecord(
                EventRecord.Shadow, search.QueryId, search.Session ?? EventRecord.Nobody, TimeProvider.System.GetUtcNow(),
                new EventRecordAttributes(new ExperimentRecord
                {
                    Id = _experiment.Name,
                    Mode = _experiment.ModeName,
                    Plan = _experiment.Plan,
                    Outcome = outcome,
                    Degraded = reason,
                    A = b is null ? null : a,
                    B = b,
                    Overlap = b is null || a.Length == 0 ? null : a.Intersect(b).Count() / (double)a.Length,

                    // B reads no fields: A's time is that of the same stages.
                    AMs = times.Encode + times.Recall + times.Fetch + times.Score,
                    BMs = b is null ? null : Math.Round(milliseconds, 3),
                })).ToLine(),
            1);
    }
}

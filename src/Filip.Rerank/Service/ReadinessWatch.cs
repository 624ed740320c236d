using Filip.Rerank.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Filip.Rerank.Service;

/// <summary>Looks every few seconds whether a search could be answered, so that metrics and the log say it without being asked.</summary>
/// <remarks><c>/health/ready</c> does not wait for it: each probe looks for itself, and what it finds counts here too.</remarks>
internal sealed class ReadinessWatch(FilipServerOptions options, ILogger<ReadinessWatch> logger) : BackgroundService
{
    private readonly Lock _gate = new();
    private string? _wrong;
    private bool _known;

    /// <summary>Looks now.</summary>
    /// <returns>Null when ready; else what is wrong.</returns>
    public async Task<string?> LookAsync(CancellationToken cancellationToken)
    {
        var wrong = await options.Engine.CheckReadyAsync(cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            FilipTelemetry.Ready(wrong is null);
            if (wrong is not null && (_wrong is null || !_known))
            {
                logger.NotReady(wrong);
            }
            else if (wrong is null && _known && _wrong is not null)
            {
                logger.ReadyAgain();
            }

            (_known, _wrong) = (true, wrong);
        }

        return wrong;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var tick = new PeriodicTimer(options.ReadyEvery);
        try
        {
            do
            {
                await LookAsync(stoppingToken).ConfigureAwait(false);
            }
            while (await tick.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // A host that is disposed without being stopped would take it for a failure.
        }
    }
}

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Filip.Rerank.Service;

/// <summary>Takes in, every few seconds, what the index's writer has committed since.</summary>
internal sealed class IndexRefresh(FilipServerOptions options, ILogger<IndexRefresh> logger) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Refresh is null)
        {
            return;
        }

        using var tick = new PeriodicTimer(options.RefreshEvery);
        try
        {
            while (await tick.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                await RefreshAsync(options.Refresh, stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // A host that is disposed without being stopped would take it for a failure.
        }
    }

    private async ValueTask RefreshAsync(Func<CancellationToken, ValueTask> refresh, CancellationToken stoppingToken)
    {
        try
        {
            await refresh(stoppingToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            // The next tick tries again; searches meanwhile see the index as it was.
            logger.NotRefreshed(failure);
        }
    }
}

using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;

namespace Filip.Rerank.Service;

/// <summary>Lets a bounded number of requests compute and a few wait; refuses the others at once, while refusing is still cheap.</summary>
internal sealed class Admission(FilipServerOptions options) : IDisposable
{
    private readonly ConcurrencyLimiter _limiter = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = options.MaxConcurrent,
        QueueLimit = options.MaxQueued,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>A place, to be given back by disposing it.</summary>
    /// <exception cref="RequestRefusedException">429: all places and all seats of the queue are taken.</exception>
    public async ValueTask<RateLimitLease> EnterAsync(HttpContext context)
    {
        var lease = await _limiter.AcquireAsync(1, context.RequestAborted).ConfigureAwait(false);
        if (lease.IsAcquired)
        {
            return lease;
        }

        lease.Dispose();
        context.Response.Headers.RetryAfter = "1";
        throw new RequestRefusedException(
            StatusCodes.Status429TooManyRequests, ServiceCodes.Overloaded,
            $"{options.MaxConcurrent} requests are being answered and {options.MaxQueued} are waiting. Try again after a second, or run another copy.");
    }

    /// <inheritdoc/>
    public void Dispose() => _limiter.Dispose();
}

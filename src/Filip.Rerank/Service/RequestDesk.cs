using System.Threading.RateLimiting;
using Filip.Rerank.Search;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Filip.Rerank.Service;

/// <summary>What every computing route does the same way: a place, the deadline that is left of it, the log.</summary>
internal sealed class RequestDesk(FilipServerOptions options, Admission admission, PictureFiles pictures, ILogger<RequestDesk> logger)
{
    /// <summary>What the service runs on.</summary>
    public FilipServerOptions Options => options;

    /// <summary>Pictures' files that may be read.</summary>
    public PictureFiles Pictures => pictures;

    /// <summary>Waits for a place, within the queue's bounds.</summary>
    public async ValueTask<Place> EnterAsync(HttpContext context)
    {
        var arrived = TimeProvider.System.GetTimestamp();
        var lease = await admission.EnterAsync(context).ConfigureAwait(false);
        return new Place(lease, TimeProvider.System.GetElapsedTime(arrived));
    }

    /// <summary>The deadline less the time spent waiting.</summary>
    public TimeSpan DeadlineLeft(int? milliseconds, Place place)
    {
        if (milliseconds is { } asked && (asked < 1 || asked > options.MaxDeadline.TotalMilliseconds))
        {
            throw new SearchRefusedException(
                RefusalCodes.InvalidValue,
                $"'deadline_ms' is {asked}; expected 1 to {options.MaxDeadline.TotalMilliseconds}.", "deadline_ms");
        }

        var whole = milliseconds is { } given ? TimeSpan.FromMilliseconds(given) : options.Engine.Options.Deadline;
        return whole - place.Waited;
    }

    /// <summary>Notes the query, where somebody debugs.</summary>
    public void Tell(HttpContext context, string? query)
    {
        if (query is not null)
        {
            logger.Query(query, RequestStory.Of(context).Id);
        }
    }
}

/// <summary>A place to compute; disposing it lets the next one in.</summary>
/// <param name="lease">The limiter's lease.</param>
/// <param name="waited">How long it was waited for.</param>
internal sealed class Place(RateLimitLease lease, TimeSpan waited) : IDisposable
{
    /// <summary>How long it was waited for.</summary>
    public TimeSpan Waited => waited;

    /// <inheritdoc/>
    public void Dispose() => lease.Dispose();
}

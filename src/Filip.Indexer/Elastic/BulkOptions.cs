using System.ComponentModel.DataAnnotations;

namespace Filip.Indexer.Elastic;

/// <summary>How bulks are sent. The pump is bounded by bytes, never by documents.</summary>
public sealed record BulkOptions
{
    /// <summary>Most bytes of one bulk body; a single document over it is sent alone.</summary>
    /// <value>The default is 8 MB.</value>
    [Range(64 * 1024, 64 * 1024 * 1024)]
    public int MostBodyBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Most bytes sent and not yet answered, over all bulks; halved when the server pushes back, raised when it does not.</summary>
    /// <value>The default is 32 MB.</value>
    [Range(64 * 1024, 1024 * 1024 * 1024)]
    public long MostBytesInFlight { get; init; } = 32L * 1024 * 1024;

    /// <summary>How long the job goes on trying while the server is away or pushes back without any progress.</summary>
    /// <value>The default is 5 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>First pause after a push-back; doubled each time, with jitter.</summary>
    /// <value>The default is 200 milliseconds.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest pause between two tries.</summary>
    /// <value>The default is 15 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(15);
}

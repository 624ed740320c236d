using System.ComponentModel.DataAnnotations;

namespace Filip.Recall.Elastic;

/// <summary>How Elasticsearch is spoken to. Every value is stated; none is left to a library's default.</summary>
public sealed record ElasticOptions
{
    /// <summary>Longest time for one try of a small request or a search, headers and body.</summary>
    /// <value>The default is 10 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:10:00")]
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest time for one try of a bulk, headers and body.</summary>
    /// <value>The default is 2 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan BulkTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How often a request that may be sent again is sent again after a transient failure.</summary>
    /// <value>The default is 2.</value>
    [Range(0, 10)]
    public int Retries { get; init; } = 2;

    /// <summary>First pause before sending again; doubled each time, with jitter.</summary>
    /// <value>The default is 100 milliseconds.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause before sending again.</summary>
    /// <value>The default is 5 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan MostRetryDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether bodies are compressed. Patches do not shrink and gzip costs several times the transfer on a fast network.</summary>
    /// <value>The default is false.</value>
    public bool Compression { get; init; }
}

using System.ComponentModel.DataAnnotations;
using System.Globalization;

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

    /// <summary>The defaults, with what the environment says otherwise: <c>FILIP_ELASTICSEARCH_COMPRESSION</c> (true or false),
    /// <c>FILIP_ELASTICSEARCH_TIMEOUT_MS</c> (<see cref="RequestTimeout"/>) and <c>FILIP_ELASTICSEARCH_RETRIES</c>.</summary>
    /// <param name="read">Reads an environment variable; null reads the process's own.</param>
    /// <exception cref="FormatException">A value is none of those it may be.</exception>
    public static ElasticOptions Resolve(Func<string, string?>? read = null)
    {
        read ??= Environment.GetEnvironmentVariable;
        var options = new ElasticOptions();
        return options with
        {
            Compression = Value(read, "FILIP_ELASTICSEARCH_COMPRESSION", "true or false", options.Compression, ReadSwitch),
            RequestTimeout = Value(
                read, "FILIP_ELASTICSEARCH_TIMEOUT_MS", "milliseconds from 50 to 600000", options.RequestTimeout,
                static text => Whole(text, 50, 600_000) is { } whole ? TimeSpan.FromMilliseconds(whole) : null),
            Retries = Value(read, "FILIP_ELASTICSEARCH_RETRIES", "a number from 0 to 10", options.Retries, static text => Whole(text, 0, 10)),
        };
    }

    private static T Value<T>(Func<string, string?> read, string name, string expected, T otherwise, Func<string, T?> parse)
        where T : struct =>
        read(name) is not { } text || string.IsNullOrWhiteSpace(text)
            ? otherwise
            : parse(text.Trim()) ?? throw new FormatException($"{name} is '{text}'; expected {expected}.");

    private static bool? ReadSwitch(string text) => bool.TryParse(text, out var on) ? on : null;

    private static int? Whole(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value : null;
}

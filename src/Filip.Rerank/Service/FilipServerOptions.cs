using Filip.Rerank.Experiments;
using Filip.Rerank.Search;
using Microsoft.Extensions.Logging;

namespace Filip.Rerank.Service;

/// <summary>What the HTTP service runs on.</summary>
public sealed record FilipServerOptions
{
    /// <summary>The engine that answers; it stays the caller's.</summary>
    public required SearchEngine Engine { get; init; }

    /// <summary>Where to listen: <c>http://address:port</c>; port 0 takes a free one.</summary>
    /// <value>The default is <c>http://127.0.0.1:8080</c>.</value>
    public string Url { get; init; } = "http://127.0.0.1:8080";

    /// <summary>Keys, one of which every request but health checks must bring; none asks for none.</summary>
    public ApiKeys Keys { get; init; } = ApiKeys.None;

    /// <summary>Largest request body in bytes.</summary>
    /// <value>The default is 256 KiB; 1 KiB to 16 MiB.</value>
    public int MaxBodyBytes { get; init; } = 256 * 1024;

    /// <summary>Largest body of a search by picture in bytes.</summary>
    /// <value>The default is 10 MiB; <see cref="MaxBodyBytes"/> to 64 MiB.</value>
    public int MaxPictureBodyBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>Requests computed at the same time.</summary>
    /// <value>The default is four a processor, at least 8; 1 to 10,000.</value>
    public int MaxConcurrent { get; init; } = Math.Max(8, 4 * Environment.ProcessorCount);

    /// <summary>Requests that may wait for their turn; more are refused at once. Waiting counts towards the deadline.</summary>
    /// <value>The default is 32; 0 to 10,000.</value>
    public int MaxQueued { get; init; } = 32;

    /// <summary>Longest deadline a request may ask for.</summary>
    /// <value>The default is 10 s; 1 ms to 60 s.</value>
    public TimeSpan MaxDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Folder that pictures may be read from, for thumbnails and overlays; relative paths in the index start here. Null reads none.</summary>
    public string? PictureRoot { get; init; }

    /// <summary>Takes in what the index's writer has committed since, every <see cref="RefreshEvery"/>; null where nothing needs it.</summary>
    public Func<CancellationToken, ValueTask>? Refresh { get; init; }

    /// <summary>How often <see cref="Refresh"/> runs.</summary>
    /// <value>The default is 5 s; 10 ms to 1 h.</value>
    public TimeSpan RefreshEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often it is looked whether a search could be answered, for metrics and the log.</summary>
    /// <value>The default is 5 s; 10 ms to 1 h.</value>
    public TimeSpan ReadyEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The experiment that searches by text are part of; null for none.</summary>
    public ExperimentOptions? Experiment { get; init; }

    /// <summary>Lowest level that is logged where configuration names none (section <c>Serilog</c>).</summary>
    /// <value>The default is Information; the query's text is logged at Debug only.</value>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>Whether log lines are JSON.</summary>
    public bool JsonLogs { get; init; }

    /// <summary>Refuses values outside the ranges above, and an address beyond loopback without a key.</summary>
    /// <exception cref="ArgumentException">Names the option, its value and what is expected.</exception>
    public void Validate()
    {
        var address = ListenAddress.Parse(Url);
        if (!address.IsLoopback && Keys.Count == 0)
        {
            throw new ArgumentException(
                $"'{Url}' can be reached from other machines and no key is set. Set FILIP_API_KEYS or name a key file, or listen on 127.0.0.1.",
                nameof(Url));
        }

        SearchOptions.RequireRange(nameof(MaxBodyBytes), MaxBodyBytes, 1024, 16 << 20);
        SearchOptions.RequireRange(nameof(MaxPictureBodyBytes), MaxPictureBodyBytes, MaxBodyBytes, 64 << 20);
        SearchOptions.RequireRange(nameof(MaxConcurrent), MaxConcurrent, 1, 10_000);
        SearchOptions.RequireRange(nameof(MaxQueued), MaxQueued, 0, 10_000);
        SearchOptions.RequireRange(nameof(MaxDeadline), MaxDeadline.TotalMilliseconds, 1, 60_000);
        SearchOptions.RequireRange(nameof(RefreshEvery), RefreshEvery.TotalMilliseconds, 10, 3_600_000);
        SearchOptions.RequireRange(nameof(ReadyEvery), ReadyEvery.TotalMilliseconds, 10, 3_600_000);
        Experiment?.Validate();
        if (PictureRoot is not null && !Directory.Exists(PictureRoot))
        {
            throw new ArgumentException($"PictureRoot names '{PictureRoot}', which is no folder.", nameof(PictureRoot));
        }
    }
}

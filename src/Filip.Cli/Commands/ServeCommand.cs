using System.CommandLine;
using Filip.Cli.Experiments;
using Filip.Cli.Opening;
using Filip.Cli.Terminal;
using Filip.Indexer;
using Filip.Recall.Elastic;
using Filip.Rerank.DropIn;
using Filip.Rerank.Search;
using Filip.Rerank.Service;
using Microsoft.Extensions.Hosting;

namespace Filip.Cli.Commands;

/// <summary><c>filip serve INDEX</c>: the HTTP service that the frontend calls.</summary>
internal static class ServeCommand
{
    private const int WarmUpSearches = 5;

    private static readonly Argument<string> s_index = new("INDEX") { Description = "A folder, or http(s)://host:9200/index" };
    private static readonly Option<string> s_url = new("--url")
    {
        Description = "Where to listen; port 0 takes a free one",
        DefaultValueFactory = _ => "http://127.0.0.1:8080",
    };

    private static readonly Option<int> s_deadline = new("--deadline-ms")
    {
        Description = "Milliseconds a search has when the request names none",
        DefaultValueFactory = _ => 250,
    };

    private static readonly Option<string?> s_keys = new("--keys")
    {
        Description = "File with API keys, one a line (or FILIP_API_KEYS); needed to listen beyond this machine",
        HelpName = "FILE",
    };

    private static readonly Option<string?> s_pictures = new("--pictures")
    {
        Description = "Folder that pictures may be read from, for thumbnails and overlays",
        HelpName = "DIR",
    };

    private static readonly Option<long> s_cache = new("--patch-cache-mb")
    {
        Description = "Megabytes of patch records kept in memory (Elasticsearch; an embedded index is mapped)",
        DefaultValueFactory = _ => 256,
    };

    private static readonly Option<string?> s_experiment = new("--experiment")
    {
        Description = "Configuration of an online experiment (docs/experiments.md)",
        HelpName = "FILE",
    };

    private static readonly Option<string[]> s_dropIn = new("--drop-in")
    {
        Description = "Another index or alias that POST /NAME/_search may search beside INDEX; =PATCHES where its patches stand in an index of their own",
        HelpName = "NAME[=PATCHES]",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<bool> s_oneRoundTrip = new("--one-round-trip")
    {
        Description = "Elasticsearch only: candidates and their patches in one answer; for a distant cluster, without --patch-cache-mb",
    };

    private static readonly Option<bool> s_jsonLogs = new("--json-logs") { Description = "Log lines as JSON" };

    /// <summary>The verb.</summary>
    public static Command Build()
    {
        var command = new Command("serve", "Serve search and rerank over HTTP")
        {
            s_index, s_url, s_deadline, s_keys, s_pictures, s_cache, s_experiment, s_dropIn, s_oneRoundTrip, s_jsonLogs,
            StageOneOptions.NumCandidates,
        }.WithGlobalOptions();
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        var cache = parsed.GetValue(s_cache);
        if (cache is < 0 or > 1_000_000)
        {
            throw new UsageException("--patch-cache-mb is a number from 0 to 1000000.");
        }

        using var experiment = parsed.GetValue(s_experiment) is { } file
            ? ServedExperiment.Open(file, parsed.GetValue(GlobalOptions.Quiet))
            : null;
        var place = parsed.GetValue(s_index)!;
        var dropIn = DropIn(place, parsed.GetValue(s_dropIn)!);
        var options = new SearchOptions
        {
            Deadline = TimeSpan.FromMilliseconds(parsed.GetValue(s_deadline)),
            OneRoundTrip = parsed.GetValue(s_oneRoundTrip),
        };
        await using var opened = await OpenedEngine.OpenAsync(
            place, parsed, options, byPicture: true, cache * 1024 * 1024, stop);
        var server = new FilipServerOptions
        {
            Engine = opened.Engine,
            Url = parsed.GetValue(s_url)!,
            Keys = ApiKeys.Load(parsed.GetValue(s_keys)),
            PictureRoot = parsed.GetValue(s_pictures),
            JsonLogs = parsed.GetValue(s_jsonLogs),
            Refresh = opened.Index.Refresh,
            Experiment = experiment?.Options,
        };
        await using var app = FilipServer.Create(server);
        if (dropIn is not null)
        {
            app.MapDropIn(dropIn);
        }

        await WarmUpAsync(opened, stop);
        await app.StartAsync(stop);
        Console.WriteLine($"listening on {FilipServer.UrlOf(app)}");
        try
        {
            await app.WaitForShutdownAsync(stop);
        }
        catch (OperationCanceledException)
        {
            // Asked to stop: the host has drained what was in flight.
        }

        return ExitCode.Ok;
    }

    // For a frontend that speaks Elasticsearch already: there is one to pass its searches on to.
    private static DropInOptions? DropIn(string place, string[] others)
    {
        if (!ElasticAddress.IsOne(place))
        {
            return others.Length == 0
                ? null
                : throw new UsageException("--drop-in passes searches on to Elasticsearch, and a folder is none; serve http(s)://host:9200/index.");
        }

        var address = ElasticAddress.Parse(place);
        var credentials = ElasticCredentials.Resolve(address);
        return new DropInOptions
        {
            Address = address,
            CaFile = credentials.CaFile,
            CaFingerprint = credentials.CaFingerprint,
            Indices = [new DropInIndex(address.Index), .. others.Select(other => other.Split('=', 2) is [var name, var patches]
                ? new DropInIndex(name, patches)
                : new DropInIndex(other))],
        };
    }

    // The first searches of a process pay for compiling it; the first user's page must not.
    private static async ValueTask WarmUpAsync(OpenedEngine opened, CancellationToken stop)
    {
        for (var i = 0; i < WarmUpSearches; i++)
        {
            await opened.Engine.SearchAsync(
                new SearchRequest { Query = "a picture", Deadline = TimeSpan.FromSeconds(10), Explain = i == 0 }, stop);
        }
    }
}

using System.CommandLine;
using System.Globalization;
using Filip.Cli.Opening;
using Filip.Cli.Terminal;
using Filip.Indexer;
using Filip.Rerank.Search;
using Spectre.Console;

namespace Filip.Cli.Commands;

/// <summary><c>filip search INDEX "text"</c>: both stages, once.</summary>
internal static class SearchCommand
{
    private static readonly Argument<string> s_index = new("INDEX") { Description = "A folder, or http(s)://host:9200/index" };
    private static readonly Argument<string?> s_text = new("TEXT") { Description = "What to look for", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> s_image = new("--image") { Description = "Look for pictures like this one", HelpName = "FILE" };
    private static readonly Option<int> s_top = new("--top") { Description = "How many to show", DefaultValueFactory = _ => 10 };
    private static readonly Option<int> s_candidates = new("--candidates")
    {
        Description = "How many stage one proposes to stage two",
        DefaultValueFactory = _ => 200,
    };

    private static readonly Option<string[]> s_filter = new("--filter")
    {
        Description = "Only pictures whose field has this value; several must all hold",
        HelpName = "FIELD=VALUE",
        AllowMultipleArgumentsPerToken = false,
    };

    private static readonly Option<bool> s_recallOnly = new("--recall-only") { Description = "Stage one alone" };
    private static readonly Option<bool> s_lexical = new("--lexical") { Description = "Fuse stage one with a search of the captions" };
    private static readonly Option<double?> s_lexicalWeight = new("--lexical-weight")
    {
        Description = "The captions' share of stage one's order, 0 to 1 (default: fused by rank); implies --lexical",
        HelpName = "W",
    };

    private static readonly Option<string?> s_explain = new("--explain")
    {
        Description = "Draw, into this folder, which patches matched",
        HelpName = "DIR",
    };

    private static readonly Option<string?> s_pictures = new("--pictures")
    {
        Description = "Folder that the indexed paths start from, for --explain (default: here)",
        HelpName = "DIR",
    };

    /// <summary>The verb.</summary>
    public static Command Build()
    {
        var command = new Command("search", "Search an index in two stages")
        {
            s_index, s_text, s_image, s_top, s_candidates, s_filter, s_recallOnly, s_lexical, s_lexicalWeight, s_explain, s_pictures,
            StageOneOptions.NumCandidates,
        }.WithGlobalOptions();
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        var (text, image) = (parsed.GetValue(s_text), parsed.GetValue(s_image));
        if ((text is null) == (image is null))
        {
            throw new UsageException("search wants either a text or --image FILE.");
        }

        if (text is not null && string.IsNullOrWhiteSpace(text))
        {
            throw new UsageException("the text is empty; say what to look for.");
        }

        var filters = FilterWords.Parse(parsed.GetValue(s_filter) ?? []);
        var options = new SearchOptions
        {
            MaxCandidates = 10_000,
            Deadline = TimeSpan.FromMinutes(1), // nobody's page waits for the command line
            StageOneTimeout = TimeSpan.FromMinutes(1),
        };
        await using var opened = await OpenedEngine.OpenAsync(
            parsed.GetValue(s_index)!, parsed, options, byPicture: image is not null, patchCacheBytes: 0, stop);
        foreach (var filter in filters)
        {
            if (!await opened.Index.Source.HasFieldAsync(filter.Field, stop))
            {
                Screen.Note($"filip: no picture in the index has a field '{filter.Field}'.", quiet: false);
            }
        }

        var answer = await opened.Engine.SearchAsync(
            new SearchRequest
            {
                Query = text,
                Image = image is null ? (ReadOnlyMemory<byte>?)null : await File.ReadAllBytesAsync(image, stop),
                Top = parsed.GetValue(s_top),
                Candidates = Math.Max(parsed.GetValue(s_candidates), parsed.GetValue(s_top)),
                Filters = filters,
                Mode = parsed.GetValue(s_recallOnly) ? SearchMode.Recall : SearchMode.Rerank,
                Lexical = parsed.GetValue(s_lexical) || parsed.GetValue(s_lexicalWeight) is not null,
                LexicalWeight = parsed.GetValue(s_lexicalWeight),
                Explain = parsed.GetValue(s_explain) is not null,
            },
            stop);
        Print(answer, parsed.GetValue(GlobalOptions.Output));
        if (parsed.GetValue(s_explain) is { } folder && text is not null)
        {
            await Explanations.DrawAsync(opened, text, answer, parsed.GetValue(s_pictures), folder, parsed.GetValue(GlobalOptions.Quiet), stop);
        }

        return answer.Degraded ? ExitCode.Failure : ExitCode.Ok;
    }

    private static void Print(SearchAnswer answer, OutputFormat format)
    {
        switch (format)
        {
            case OutputFormat.Json:
                Screen.WriteJson(answer, SearchJson.Default.SearchAnswer);
                return;
            case OutputFormat.Jsonl:
                foreach (var result in answer.Results)
                {
                    Screen.WriteJson(result, SearchJson.Default.SearchResult);
                }

                return;
            default:
                Screen.Out.Write(Table(answer));
                var times = answer.TimingsMs;
                Screen.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"encode {times.Encode:0.0} ms · recall {times.Recall:0.0} ms · fetch {times.Fetch:0.0} ms · score {times.Score:0.0} ms · {answer.Kernel}"));
                if (answer.Degraded)
                {
                    Screen.Out.MarkupLine($"[yellow]Degraded ({Markup.Escape(answer.Reason ?? "?")}): this is stage one's order.[/]");
                }

                return;
        }
    }

    private static Table Table(SearchAnswer answer)
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumn(new TableColumn("#").RightAligned())
            .AddColumn("picture")
            .AddColumn(new TableColumn("late interaction").RightAligned())
            .AddColumn(new TableColumn("stage one").RightAligned())
            .AddColumn("caption");
        foreach (var result in answer.Results)
        {
            table.AddRow(
                new Text(result.Rank.ToString(CultureInfo.InvariantCulture)),
                new Text(result.Id),
                new Text(result.Score?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "–"),
                new Text(Moved(result)),
                new Text(result.Fields is not null && result.Fields.TryGetValue("caption", out var caption) ? caption.ToString() : ""));
        }

        return table;
    }

    private static string Moved(SearchResult result)
    {
        var by = result.RecallRank - result.Rank;
        var arrow = by > 0 ? $"▲{by}" : by < 0 ? $"▼{-by}" : "=";
        return string.Create(CultureInfo.InvariantCulture, $"{result.RecallRank} {arrow}");
    }
}

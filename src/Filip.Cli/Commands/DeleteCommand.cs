using System.CommandLine;
using Filip.Cli.Opening;
using Filip.Cli.Terminal;
using Filip.Indexer;
using Filip.Indexer.Elastic;

namespace Filip.Cli.Commands;

/// <summary><c>filip delete INDEX --ids FILE</c>: removal by id.</summary>
internal static class DeleteCommand
{
    private const int Batch = 1000;

    private static readonly Argument<string> s_index = new("INDEX") { Description = "A folder, or http(s)://host:9200/index" };
    private static readonly Option<string> s_ids = new("--ids")
    {
        Description = "File with one id a line; - reads stdin",
        Required = true,
        HelpName = "FILE",
    };

    /// <summary>The verb.</summary>
    public static Command Build()
    {
        var command = new Command("delete", "Remove pictures from an index") { s_index, s_ids }.WithGlobalOptions();
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        var file = parsed.GetValue(s_ids)!;
        var lines = file == "-" ? ReadStdin() : File.ReadLines(file);
        var place = parsed.GetValue(s_index)!;
        var stamp = await StampAsync(place, stop);
        var (asked, deleted) = (0L, 0L);
        await using (var opened = await OpenedSink.OpenAsync(place, stamp, new ElasticSinkOptions(), stop))
        {
            foreach (var batch in lines.Where(line => line.Length > 0).Chunk(Batch))
            {
                asked += batch.Length;
                deleted += await opened.Sink.DeleteAsync(batch, stop);
            }

            await opened.Sink.CompleteAsync(stop);
        }

        if (parsed.GetValue(GlobalOptions.Output) == OutputFormat.Text)
        {
            Screen.WriteLine($"{deleted} deleted, {asked - deleted} were not there");
        }
        else
        {
            Screen.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteNumber("deleted", deleted);
                json.WriteNumber("not_found", asked - deleted);
                json.WriteEndObject();
            });
        }

        return ExitCode.Ok;
    }

    private static async ValueTask<Embeddings.IndexStamp> StampAsync(string place, CancellationToken stop)
    {
        await using var index = await OpenedIndex.OpenAsync(place, numCandidates: null, stop);
        return index.Stamp;
    }

    private static IEnumerable<string> ReadStdin()
    {
        while (Console.In.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}

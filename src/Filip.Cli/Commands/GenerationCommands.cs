using System.CommandLine;
using Filip.Cli.Terminal;
using Filip.Indexer;
using Filip.Recall.Elastic;
using Filip.Recall.Embedded;

namespace Filip.Cli.Commands;

/// <summary><c>filip promote INDEX</c>: the newest generation serves.</summary>
internal static class PromoteCommand
{
    private static readonly Argument<string> s_index = new("INDEX") { Description = "A folder, or http(s)://host:9200/index" };
    private static readonly Option<string?> s_generation = new("--generation") { Description = "Which one (default: the newest)", HelpName = "NAME" };

    /// <summary>The verb.</summary>
    public static Command Build()
    {
        var command = new Command("promote", "Let the newest generation serve, in one atomic step") { s_index, s_generation }.WithGlobalOptions();
        command.SetAction((parsed, stop) => GenerationSwitch.RunAsync(
            parsed, parsed.GetValue(s_index)!,
            path => EmbeddedGenerations.Promote(path, parsed.GetValue(s_generation)),
            generations => generations.PromoteAsync(parsed.GetValue(s_generation), stop)));
        return command;
    }
}

/// <summary><c>filip rollback INDEX</c>: the generation before serves again.</summary>
internal static class RollbackCommand
{
    private static readonly Argument<string> s_index = new("INDEX") { Description = "A folder, or http(s)://host:9200/index" };

    /// <summary>The verb.</summary>
    public static Command Build()
    {
        var command = new Command("rollback", "Let the generation before the live one serve again") { s_index }.WithGlobalOptions();
        command.SetAction((parsed, stop) => GenerationSwitch.RunAsync(
            parsed, parsed.GetValue(s_index)!, EmbeddedGenerations.Rollback, generations => generations.RollbackAsync(stop)));
        return command;
    }
}

/// <summary>Switches a generation on either kind of index, and says which serves now.</summary>
internal static class GenerationSwitch
{
    /// <summary>Runs one of the two switches.</summary>
    public static async Task<int> RunAsync(
        ParseResult parsed, string place, Func<string, string> embedded, Func<ElasticGenerations, ValueTask<string>> elastic)
    {
        string generation;
        if (ElasticAddress.IsOne(place))
        {
            using var connection = new ElasticConnection(ElasticAddress.Parse(place));
            generation = await elastic(new ElasticGenerations(connection));
        }
        else
        {
            generation = embedded(place);
        }

        if (parsed.GetValue(GlobalOptions.Output) == OutputFormat.Text)
        {
            Screen.WriteLine($"generation {generation} serves");
        }
        else
        {
            Screen.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("generation", generation);
                json.WriteEndObject();
            });
        }

        return ExitCode.Ok;
    }
}

using System.CommandLine;
using Filip.Cli.Terminal;
using Filip.Indexer;

namespace Filip.Cli.Commands;

/// <summary>The <c>filip</c> command: a table of contents, and how its words are read.</summary>
internal static class FilipCommand
{
    /// <summary>Reads the words, runs the verb, returns the exit code.</summary>
    /// <param name="args">The words after <c>filip</c>.</param>
    /// <param name="signals">Ctrl-C: once drains, twice stops.</param>
    public static async Task<int> RunAsync(string[] args, Signals signals)
    {
        // An "@word" is a query like any other, never a response file.
        var parsed = Build(signals).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            // System.CommandLine would print a page of help here; a script wants the one line.
            var complaint = string.Join(' ', parsed.Errors[0].Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            await Console.Error.WriteLineAsync($"filip: {complaint} 'filip {Verb(args)}--help' says what there is.");
            return ExitCode.Usage;
        }

        var configuration = new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        try
        {
            return await parsed.InvokeAsync(configuration, signals.Stop);
        }
        catch (Exception error) when (Failure.Describe(error, signals) is { } failure)
        {
            await Console.Error.WriteLineAsync($"filip: {failure.Sentence}");
            return failure.ExitCode;
        }
    }

    private static RootCommand Build(Signals signals) => new(
        "Fine-grained image search: stage one by pooled vectors, stage two by FILIP late interaction.")
    {
        DemoCommand.Build(signals),
        IndexCommand.Build(signals),
        SearchCommand.Build(),
        ServeCommand.Build(),
        CompareCommand.Build(),
        ExperimentCommand.Build(),
        ScoreCommand.Build(),
        VerifyCommand.Build(),
        InspectCommand.Build(),
        DeleteCommand.Build(),
        PromoteCommand.Build(),
        RollbackCommand.Build(),
        DoctorCommand.Build(),
        ModelCommand.Build(),
    };

    private static string Verb(string[] args) => args.Length > 0 && !args[0].StartsWith('-') ? args[0] + " " : "";
}

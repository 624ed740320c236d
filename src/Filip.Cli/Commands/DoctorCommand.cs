using System.CommandLine;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Filip.Cli.Opening;
using Filip.Cli.Terminal;
using Filip.Embeddings.Models;
using Filip.Recall.Elastic;
using Filip.Recall.Embedded;
using Filip.Rerank.LateInteraction;

namespace Filip.Cli.Commands;

/// <summary><c>filip doctor [INDEX]</c>: environment, versions, traps.</summary>
internal static class DoctorCommand
{
    private static readonly Argument<string?> s_index = new("INDEX")
    {
        Description = "A folder, or http(s)://host:9200/index",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>The verb.</summary>
    public static Command Build()
    {
        var command = new Command("doctor", "Look at this machine, the model and the index, and say what would not work") { s_index }.WithGlobalOptions();
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        var findings = new List<(string Level, string Code, string Message)>
        {
            ("info", "runtime", $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors"),
            ("info", "vectors", $"vector units: 512-bit {Vector512.IsHardwareAccelerated}, 256-bit {Vector256.IsHardwareAccelerated}"),
            ("info", "kernel", $"late interaction runs on '{LateInteractionKernel.Best.Name}'"),
        };
        findings.AddRange(Model(parsed));
        if (parsed.GetValue(s_index) is { } place)
        {
            findings.AddRange(await IndexAsync(place, stop));
        }

        return Screen.Findings(findings, parsed.GetValue(GlobalOptions.Output));
    }

    private static List<(string Level, string Code, string Message)> Model(ParseResult parsed)
    {
        try
        {
            return [.. ModelCheck.Run(ModelPlace.Find(parsed), ModelPlace.Towers(parsed))
                .Select(finding => (finding.Level.ToString().ToLowerInvariant(), "model-" + finding.Code, finding.Message))];
        }
        catch (Exception error) when (error is UsageException or IOException or InvalidDataException)
        {
            return [("error", "model", error.Message)];
        }
    }

    private static async ValueTask<IEnumerable<(string Level, string Code, string Message)>> IndexAsync(string place, CancellationToken stop)
    {
        if (ElasticAddress.IsOne(place))
        {
            using var connection = new ElasticConnection(ElasticAddress.Parse(place));
            return (await ElasticDoctor.ExamineAsync(connection, stop)).Select(finding => (finding.Level, finding.Code, finding.Message));
        }

        if (!EmbeddedIndex.Exists(place))
        {
            return [("error", "index", $"there is no index at '{place}'. Make it with: filip index PICTURES --to {place}")];
        }

        await using var index = await OpenedIndex.OpenAsync(place, numCandidates: null, stop);
        return [("info", "index", $"generation {index.Source.Generation}: {await index.Source.CountAsync(stop)} pictures, model '{index.Stamp.ModelId}', codec {index.Stamp.Codec}")];
    }
}

using System.CommandLine;
using Filip.Cli.Terminal;
using Filip.Recall;
using Filip.Recall.Elastic;
using Filip.Recall.Embedded;

namespace Filip.Cli.Commands;

/// <summary><c>filip verify INDEX</c>: invariants on a live index.</summary>
internal static class VerifyCommand
{
    private static readonly Argument<string> s_index = new("INDEX") { Description = "A folder, or http(s)://host:9200/index" };

    /// <summary>The verb.</summary>
    public static Command Build()
    {
        var command = new Command("verify", "Check that an index holds what it should: stamp, counts, checksums") { s_index }.WithGlobalOptions();
        command.SetAction(async (parsed, stop) =>
        {
            var place = parsed.GetValue(s_index)!;
            return Screen.Findings(
                [.. (await VerifyAsync(place, stop)).Select(finding => (finding.Level, finding.Code, finding.Message))],
                parsed.GetValue(GlobalOptions.Output));
        });
        return command;
    }

    private static async ValueTask<IReadOnlyList<IndexFinding>> VerifyAsync(string place, CancellationToken stop)
    {
        if (!ElasticAddress.IsOne(place))
        {
            return await EmbeddedVerifier.VerifyAsync(place, stop);
        }

        using var connection = new ElasticConnection(ElasticAddress.Parse(place));
        return await ElasticVerifier.VerifyAsync(connection, stop);
    }
}

using System.CommandLine;
using Filip.Cli.Opening;
using Filip.Cli.Terminal;
using Filip.Embeddings.Models;
using Filip.Embeddings.Pictures;
using Filip.Indexer;

namespace Filip.Cli.Commands;

/// <summary><c>filip model init|check|encode|tokenize</c>: everything about a model folder.</summary>
internal static class ModelCommand
{
    /// <summary>The verb and its own verbs.</summary>
    public static Command Build() => new("model", "Write, check and try a model folder")
    {
        BuildInit(), BuildCheck(), EncodeCommand.Build(), TokenizeCommand.Build(),
    };

    private static Command BuildInit()
    {
        var folder = new Argument<string>("DIR") { Description = "The export: ONNX towers, tokenizer files, configuration files" };
        var id = new Option<string?>("--id") { Description = "The model's name (default: the folder's)" };
        var licence = new Option<string?>("--licence") { Description = "Its licence" };
        var scoring = new Option<string>("--scoring") { Description = "Its scoring contract", DefaultValueFactory = _ => ScoringContracts.Default };
        scoring.AcceptOnlyFromAmong([.. ScoringContracts.Names]);
        var templates = new Option<string[]>("--template") { Description = "A prompt template with {} for the query; several are averaged" };
        var command = new Command("init", "Write model.json from an export's own configuration files") { folder, id, licence, scoring, templates }
            .WithGlobalOptions();
        command.SetAction(parsed =>
        {
            var place = parsed.GetValue(folder)!;
            if (!Directory.Exists(place))
            {
                throw new UsageException($"'{place}' is no folder.");
            }

            var options = new ModelInitOptions
            {
                Id = parsed.GetValue(id),
                Scoring = parsed.GetValue(scoring)!,
                Templates = parsed.GetValue(templates) ?? [],
            };
            if (parsed.GetValue(licence) is { } said)
            {
                options = options with { Licence = said };
            }

            var manifest = ModelInit.Write(place, options);
            if (parsed.GetValue(GlobalOptions.Output) == OutputFormat.Text)
            {
                Screen.WriteLine(Describe(manifest, place));
            }
            else
            {
                using var stdout = Console.OpenStandardOutput();
                stdout.Write(ManifestFile.ToJson(manifest));
                stdout.WriteByte((byte)'\n');
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static Command BuildCheck()
    {
        var folder = new Argument<string>("DIR") { Description = "The model folder" };
        var command = new Command("check", "Check manifest, hashes, shapes and golden answers, and which scoring contract fits") { folder }.WithGlobalOptions();
        command.SetAction(parsed => Screen.Findings(
            [.. ModelCheck.Run(parsed.GetValue(folder)!, ModelPlace.Towers(parsed))
                .Select(finding => (finding.Level.ToString().ToLowerInvariant(), finding.Code, finding.Message))],
            parsed.GetValue(GlobalOptions.Output)));
        return command;
    }

    private static string Describe(ModelManifest manifest, string place)
    {
        var image = manifest.Image.Preprocessing;
        var resize = image.Resize == ResizeMode.Shortest ? $"shortest side to {image.Shortest}, centre crop to" : $"{image.Resize.ToString().ToLowerInvariant()} to";
        var grid = manifest.Image.Grid is { } cells ? $"{cells[0]} x {cells[1]} patches" : $"{manifest.Image.Rows} rows without a grid";
        return $"""
            {Path.Combine(place, ModelManifest.FileName)} written for '{manifest.Id}'
              picture: {resize} {image.Width} x {image.Height}, {image.Filter.ToString().ToLowerInvariant()}; {grid} of {manifest.Image.Dimension} values
              text:    {manifest.Text.Tokenizer.Kind}, {manifest.Text.Context} tokens at most
              pooled:  {manifest.Pooling}, {manifest.PooledDimension} values
              scoring: {manifest.Scoring}
            Look at it, then: filip model check {place}
            """;
    }
}

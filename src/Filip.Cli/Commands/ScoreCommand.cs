using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Filip.Cli.Opening;
using Filip.Cli.Terminal;
using Filip.Embeddings;
using Filip.Embeddings.Models;
using Filip.Embeddings.Pictures;
using Filip.Indexer;
using Filip.Rerank.LateInteraction;
using Spectre.Console;

namespace Filip.Cli.Commands;

/// <summary><c>filip score QUERY PICTURE</c>: one pair by every contract, with the alignment.</summary>
internal static class ScoreCommand
{
    private const string SideHelp = "or {\"shape\":[rows,dim],\"file\":\"x.f32\"}, or a .json file with that";

    private static readonly Argument<string> s_query = new("QUERY") { Description = $"A text, {SideHelp}" };
    private static readonly Argument<string> s_picture = new("PICTURE") { Description = $"A picture file, {SideHelp}" };

    /// <summary>The verb.</summary>
    public static Command Build()
    {
        var command = new Command("score", "Score one pair by every scoring contract") { s_query, s_picture }.WithGlobalOptions();
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        var model = new Lazy<ModelFolder>(() => ModelPlace.Load(parsed));
        var query = await QueryAsync(parsed, model, stop);
        var picture = await PictureAsync(parsed, model, stop);
        if (query.Rows.Dimension != picture.Rows.Dimension)
        {
            throw new UsageException($"the query's rows have {query.Rows.Dimension} values, the picture's {picture.Rows.Dimension}; they must be of one model.");
        }

        var tokens = new QueryTokens(query.Rows, fillsContext: query.FillsContext);
        var scores = ContractScores.All(tokens, picture.Rows, query.Pooled, picture.Pooled);
        var best = Enumerable.Range(0, query.Rows.RowCount).Select(token => Definition.TokenMaximum(query.Rows, token, picture.Rows)).ToList();
        if (parsed.GetValue(GlobalOptions.Output) == OutputFormat.Text)
        {
            Print(query, scores, best);
        }
        else
        {
            WriteJson(query, scores, best);
        }

        return ExitCode.Ok;
    }

    private static void Print(Side query, IReadOnlyList<ContractScore> scores, List<(int Patch, double Value)> best)
    {
        var contracts = new Table().Border(TableBorder.Simple).AddColumn("contract").AddColumn(new TableColumn("score").RightAligned());
        foreach (var (contract, score) in scores)
        {
            contracts.AddRow(new Text(contract), new Text(score.ToString("0.000000", CultureInfo.InvariantCulture)));
        }

        Screen.Out.Write(contracts);
        var alignment = new Table().Border(TableBorder.Simple).AddColumn("query token").AddColumn(new TableColumn("best patch").RightAligned())
            .AddColumn(new TableColumn("similarity").RightAligned()).AddColumn(new TableColumn("contribution").RightAligned());
        for (var token = 0; token < best.Count; token++)
        {
            alignment.AddRow(
                new Text(query.Label(token)),
                new Text(best[token].Patch.ToString(CultureInfo.InvariantCulture)),
                new Text(best[token].Value.ToString("0.0000", CultureInfo.InvariantCulture)),
                new Text((best[token].Value / best.Count).ToString("0.0000", CultureInfo.InvariantCulture)));
        }

        Screen.Out.Write(alignment);
    }

    private static void WriteJson(Side query, IReadOnlyList<ContractScore> scores, List<(int Patch, double Value)> best) =>
        Screen.WriteJson(json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("scores");
            foreach (var (contract, score) in scores)
            {
                json.WriteNumber(contract, score);
            }

            json.WriteEndObject();
            json.WriteStartArray("alignment");
            for (var token = 0; token < best.Count; token++)
            {
                json.WriteStartObject();
                json.WriteString("token", query.Label(token));
                json.WriteNumber("patch", best[token].Patch);
                json.WriteNumber("similarity", best[token].Value);
                json.WriteNumber("contribution", best[token].Value / best.Count);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });

    private static async ValueTask<Side> QueryAsync(ParseResult parsed, Lazy<ModelFolder> model, CancellationToken stop)
    {
        var text = parsed.GetValue(s_query)!;
        if (Matrix(text) is { } given)
        {
            return given;
        }

        using var tower = model.Value.OpenTextTower(ModelPlace.Towers(parsed));
        var encoded = (await tower.EncodeAsync([text], stop))[0];
        return new Side(encoded.Tokens, encoded.Pooled, encoded.Labels, encoded.Labels.Count == model.Value.Manifest.Text.Context);
    }

    private static async ValueTask<Side> PictureAsync(ParseResult parsed, Lazy<ModelFolder> model, CancellationToken stop)
    {
        var file = parsed.GetValue(s_picture)!;
        if (Matrix(file) is { } given)
        {
            return given;
        }

        if (!File.Exists(file))
        {
            throw new UsageException($"'{file}' is no picture file.");
        }

        using var tower = model.Value.OpenImageTower(ModelPlace.Towers(parsed));
        var pixels = new float[tower.PixelsPerPicture];
        model.Value.CreatePreprocessor().Prepare(PictureDecoder.Decode(await File.ReadAllBytesAsync(file, stop)), pixels);
        var encoded = (await tower.EncodeAsync(pixels, 1, stop))[0];
        return new Side(encoded.Patches, encoded.Pooled, [], false);
    }

    // A side given as numbers: for golden values and for models that run elsewhere.
    private static Side? Matrix(string word)
    {
        var text = word.EndsWith(".json", StringComparison.OrdinalIgnoreCase) && File.Exists(word) ? File.ReadAllText(word) : word;
        if (!text.TrimStart().StartsWith('{'))
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(text);
            var shape = json.RootElement.GetProperty("shape");
            var (rows, dimension) = (shape[0].GetInt32(), shape[1].GetInt32());
            var file = json.RootElement.GetProperty("file").GetString()!;
            var bytes = File.ReadAllBytes(file);
            if (rows <= 0 || dimension <= 0 || bytes.Length != (long)rows * dimension * sizeof(float))
            {
                throw new UsageException($"'{file}' holds {bytes.Length} bytes; {rows} x {dimension} values of float32 are {(long)rows * dimension * sizeof(float)}.");
            }

            var fills = json.RootElement.TryGetProperty("fills_context", out var flag) && flag.ValueKind == JsonValueKind.True;
            return new Side(new EmbeddingMatrix(MemoryMarshal.Cast<byte, float>(bytes).ToArray(), dimension), default, [], fills);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            throw new UsageException($"expected {{\"shape\":[rows,dim],\"file\":\"x.f32\"}}: {error.Message}");
        }
    }

    private sealed record Side(EmbeddingMatrix Rows, ReadOnlyMemory<float> Pooled, IReadOnlyList<TokenLabel> Labels, bool FillsContext)
    {
        public string Label(int token) => token < Labels.Count ? Labels[token].Text : $"{token}";
    }
}

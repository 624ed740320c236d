using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json;
using Filip.Cli.Opening;
using Filip.Cli.Terminal;
using Filip.Embeddings;
using Filip.Embeddings.Models;
using Filip.Embeddings.Pictures;
using Filip.Embeddings.Towers;
using Filip.Indexer;

namespace Filip.Cli.Commands;

/// <summary><c>filip model encode DIR</c>: what the towers make of texts and pictures, one JSON line each.</summary>
internal static class EncodeCommand
{
    private static readonly Argument<string> s_folder = new("DIR") { Description = "The model folder" };
    private static readonly Option<string?> s_text = new("--text") { Description = "One text" };
    private static readonly Option<string?> s_texts = new("--texts") { Description = "Texts, one {\"text\":…} a line", HelpName = "FILE.jsonl" };
    private static readonly Option<string?> s_image = new("--image") { Description = "One picture", HelpName = "FILE" };
    private static readonly Option<string?> s_images = new("--images") { Description = "Every picture of a folder, by name", HelpName = "FOLDER" };
    private static readonly Option<string?> s_tensors = new("--tensors")
    {
        Description = "Also write the preprocessed pixels as little-endian float32, picture after picture",
        HelpName = "FILE",
    };

    /// <summary>The verb.</summary>
    public static Command Build()
    {
        var command = new Command("encode", "Print pooled vector and rows of texts and pictures")
        {
            s_folder, s_text, s_texts, s_image, s_images, s_tensors,
        }.WithGlobalOptions();
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        var model = ModelFolder.Load(parsed.GetValue(s_folder)!);
        var texts = Texts(parsed).ToList();
        var pictures = Pictures(parsed);
        if (texts.Count == 0 && pictures.Count == 0)
        {
            throw new UsageException("encode wants --text, --texts, --image or --images.");
        }

        var failed = 0;
        if (texts.Count > 0)
        {
            using var tower = model.OpenTextTower(ModelPlace.Towers(parsed));
            foreach (var text in texts)
            {
                failed += await TextAsync(tower, text, stop) ? 0 : 1;
            }
        }

        if (pictures.Count > 0)
        {
            using var tower = model.OpenImageTower(ModelPlace.Towers(parsed));
            await using var tensors = parsed.GetValue(s_tensors) is { } file ? File.Create(file) : null;
            var preprocessor = model.CreatePreprocessor();
            foreach (var picture in pictures)
            {
                failed += await PictureAsync(tower, preprocessor, picture, tensors, stop) ? 0 : 1;
            }
        }

        return failed == 0 ? ExitCode.Ok : ExitCode.DeadLetters;
    }

    private static async ValueTask<bool> TextAsync(OnnxTextEncoder tower, string text, CancellationToken stop)
    {
        try
        {
            var encoded = (await tower.EncodeAsync([text], stop))[0];
            Screen.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("text", text);
                json.WriteStartArray("ids");
                foreach (var label in encoded.Labels)
                {
                    json.WriteNumberValue(label.Id);
                }

                json.WriteEndArray();
                Vectors(json, encoded.Pooled.Span, encoded.Tokens);
                json.WriteEndObject();
            });
            return true;
        }
        catch (ArgumentException error)
        {
            Refused("text", text, error.Message);
            return false;
        }
    }

    private static async ValueTask<bool> PictureAsync(
        OnnxImageEncoder tower, PicturePreprocessor preprocessor, string file, FileStream? tensors, CancellationToken stop)
    {
        try
        {
            var pixels = new float[tower.PixelsPerPicture];
            preprocessor.Prepare(PictureDecoder.Decode(await File.ReadAllBytesAsync(file, stop)), pixels);
            if (tensors is not null)
            {
                await tensors.WriteAsync(MemoryMarshal.AsBytes(pixels.AsSpan()).ToArray(), stop);
            }

            var encoded = (await tower.EncodeAsync(pixels, 1, stop))[0];
            Screen.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("image", Path.GetFileName(file));
                Vectors(json, encoded.Pooled.Span, encoded.Patches);
                json.WriteEndObject();
            });
            return true;
        }
        catch (Exception error) when (error is PictureRefusedException or ArgumentException)
        {
            Refused("image", Path.GetFileName(file), error.Message);
            return false;
        }
    }

    private static void Vectors(Utf8JsonWriter json, ReadOnlySpan<float> pooled, EmbeddingMatrix rows)
    {
        Numbers(json, "pooled", pooled);
        json.WriteStartArray("rows");
        for (var row = 0; row < rows.RowCount; row++)
        {
            Numbers(json, null, rows.Row(row));
        }

        json.WriteEndArray();
    }

    private static void Numbers(Utf8JsonWriter json, string? name, ReadOnlySpan<float> values)
    {
        if (name is null)
        {
            json.WriteStartArray();
        }
        else
        {
            json.WriteStartArray(name);
        }

        foreach (var value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }

    private static void Refused(string kind, string what, string why) => Screen.WriteJson(json =>
    {
        json.WriteStartObject();
        json.WriteString(kind, what);
        json.WriteString("error", why);
        json.WriteEndObject();
    });

    private static IEnumerable<string> Texts(ParseResult parsed) =>
        (parsed.GetValue(s_text) is { } text ? [text] : Enumerable.Empty<string>())
        .Concat(parsed.GetValue(s_texts) is { } file ? TextLines.Read(file) : []);

    private static List<string> Pictures(ParseResult parsed)
    {
        var pictures = new List<string>();
        if (parsed.GetValue(s_image) is { } one)
        {
            pictures.Add(File.Exists(one) ? one : throw new UsageException($"'{one}' is no file."));
        }

        if (parsed.GetValue(s_images) is { } folder)
        {
            pictures.AddRange(Directory.Exists(folder)
                ? Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal)
                : throw new UsageException($"'{folder}' is no folder."));
        }

        return pictures;
    }
}

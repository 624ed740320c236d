using System.Runtime.InteropServices;
using System.Text.Json;
using Filip.Embeddings.Models;
using Filip.Embeddings.Pictures;
using Filip.Embeddings.Towers;

namespace Filip.Embeddings.Tests.Models;

/// <summary>Exports on which neighbouring tools failed (trials clip-size-pair and int32-batch-one).</summary>
public sealed class TrialTests
{
    private const double LeastCosine = 0.99999;
    private static readonly TowerOptions s_processor = new() { Device = TowerDevice.Cpu };

    [Fact]
    public async Task A_clip_processor_with_height_and_width_squashes()
    {
        var trial = ScratchFolder.TrialFolder("clip-size-pair");
        var expected = Json(trial, "expected.json");
        using var folder = ScratchFolder.Trial("clip-size-pair");
        var manifest = ModelInit.Write(folder.Path, new ModelInitOptions());
        Assert.Equal(ResizeMode.Squash, manifest.Image.Preprocessing.Resize);
        Assert.Contains("\"resize\": \"squash\"", File.ReadAllText(folder[ModelManifest.FileName]), StringComparison.Ordinal);

        var model = ModelFolder.Load(folder.Path);
        using var tower = model.OpenImageTower(s_processor);
        var pixels = new float[tower.PixelsPerPicture];
        model.CreatePreprocessor().Prepare(
            PictureDecoder.Decode(File.ReadAllBytes(Path.Combine(trial, expected.GetProperty("picture").GetString()!))), pixels);
        var tensor = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(trial, expected.GetProperty("tensor").GetString()!)));
        Assert.Equal(tensor.Length, pixels.Length);
        for (var i = 0; i < pixels.Length; i++)
        {
            Assert.Equal(tensor[i], pixels[i], 1e-6f);
        }

        var found = (await tower.EncodeAsync(pixels, 1, TestContext.Current.CancellationToken))[0];
        Check(expected, found.Pooled.Span, found.Patches);
    }

    [Fact]
    public async Task Towers_of_int32_ids_and_a_batch_of_one_answer_any_batch()
    {
        var trial = ScratchFolder.TrialFolder("int32-batch-one");
        var expected = Json(trial, "expected.json");
        using var folder = ScratchFolder.Trial("int32-batch-one");
        var manifest = ModelInit.Write(folder.Path, new ModelInitOptions());
        Assert.Equal(expected.GetProperty("grid").EnumerateArray().Select(side => side.GetInt32()), manifest.Image.Grid);
        Assert.Equal(expected.GetProperty("leading_rows_to_drop").GetInt32(), manifest.Image.LeadingTokens);
        Assert.DoesNotContain(ModelCheck.Run(folder.Path, s_processor), finding => finding.Level == FindingLevel.Error);

        var cancel = TestContext.Current.CancellationToken;
        var model = ModelFolder.Load(folder.Path);
        using var texts = model.OpenTextTower(s_processor);
        Assert.Equal(1, texts.FixedBatch);
        var wanted = expected.GetProperty("texts").EnumerateArray().ToList();
        var answers = await texts.EncodeAsync([.. wanted.Select(text => text.GetProperty("text").GetString()!)], cancel);
        for (var i = 0; i < wanted.Count; i++)
        {
            Assert.Equal(wanted[i].GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()), answers[i].Labels.Select(label => label.Id));
            Check(wanted[i], answers[i].Pooled.Span, answers[i].Tokens);
        }

        using var images = model.OpenImageTower(s_processor);
        var pictures = expected.GetProperty("pictures").EnumerateArray().ToList();
        var pixels = new float[pictures.Count * images.PixelsPerPicture];
        for (var i = 0; i < pictures.Count; i++)
        {
            var file = File.ReadAllBytes(Path.Combine(trial, "pictures", pictures[i].GetProperty("picture").GetString()!));
            model.CreatePreprocessor().Prepare(PictureDecoder.Decode(file), pixels.AsSpan(i * images.PixelsPerPicture, images.PixelsPerPicture));
        }

        var found = await images.EncodeAsync(pixels, pictures.Count, cancel);
        for (var i = 0; i < pictures.Count; i++)
        {
            Check(pictures[i], found[i].Pooled.Span, found[i].Patches);
        }
    }

    private static void Check(JsonElement expected, ReadOnlySpan<float> pooled, EmbeddingMatrix rows)
    {
        Assert.True(Definition.Cosine(Floats(expected.GetProperty("pooled_unit")), pooled) >= LeastCosine);
        var wanted = expected.GetProperty("rows_unit").EnumerateArray().ToList();
        Assert.Equal(wanted.Count, rows.RowCount);
        for (var row = 0; row < wanted.Count; row++)
        {
            Assert.True(Definition.Cosine(Floats(wanted[row]), rows.Row(row)) >= LeastCosine, $"Row {row} points elsewhere.");
            Assert.Equal(1, Definition.Dot(rows.Row(row), rows.Row(row)), 1e-5);
        }
    }

    private static float[] Floats(JsonElement list) => [.. list.EnumerateArray().Select(value => value.GetSingle())];

    private static JsonElement Json(string folder, string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, name)));
        return document.RootElement.Clone();
    }
}

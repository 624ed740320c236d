using System.Text.Json;
using Filip.Embeddings.Models;
using Filip.Embeddings.Pictures;
using Filip.Embeddings.Towers;
using Filip.Testing;

namespace Filip.Embeddings.Tests.Models;

/// <summary>Vectors and scores of a whole model folder against other implementations' (golden/models).</summary>
public sealed class ParityTests
{
    private static readonly TowerOptions s_processor = new() { Device = TowerDevice.Cpu };

    [Fact]
    public async Task Demo_model_gives_the_vectors_and_scores_of_the_independent_implementation()
    {
        await Compare(ModelFolder.Load(GoldenFiles.Models), GoldenFiles.Require("models", "demo-parity"), 1e-4);
    }

    [Fact]
    public async Task An_export_as_real_ones_look_gives_the_reference_vectors_and_scores()
    {
        var golden = GoldenFiles.Find("models", "hf-clip-tiny");
        var vocabulary = GoldenFiles.Find("tokenizers", "clip-bpe", "tokenizer.json");
        if (golden is null || vocabulary is null)
        {
            Assert.Skip("models/hf-clip-tiny (8 MB) and its vocabulary are in the full golden set only.");
        }

        using var folder = new ScratchFolder(
            Directory.GetFiles(golden).Where(file => Path.GetFileName(file) != "expected.json").Append(vocabulary));
        var manifest = ModelInit.Write(folder.Path, new ModelInitOptions { Id = "tiny" });

        // The class token goes first and belongs to no place; the text tower was traced with one length.
        Assert.Equal(1, manifest.Image.LeadingTokens);
        Assert.False(manifest.Image.RowsUnitLength);
        Assert.True(manifest.Text.FixedLength);
        Assert.Equal(manifest.Image.Rows, manifest.Image.Grid![0] * manifest.Image.Grid[1]);
        Assert.Contains(ModelCheck.Run(folder.Path, s_processor), finding => finding.Code == "ROWS_NOT_UNIT");
        await Compare(ModelFolder.Load(folder.Path), golden, 1e-3);
    }

    private static async Task Compare(ModelFolder model, string golden, double tolerance)
    {
        var cancel = TestContext.Current.CancellationToken;
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(golden, "expected.json")));
        using var images = model.OpenImageTower(s_processor);
        using var texts = model.OpenTextTower(s_processor);
        var preprocessor = model.CreatePreprocessor();
        var pictures = new List<PictureEmbedding>();
        foreach (var expected in document.RootElement.GetProperty("pictures").EnumerateArray())
        {
            var pixels = new float[images.PixelsPerPicture];
            preprocessor.Prepare(PictureDecoder.Decode(File.ReadAllBytes(Path.Combine(golden, expected.GetProperty("file").GetString()!))), pixels);
            var found = (await images.EncodeAsync(pixels, 1, cancel))[0];
            AssertNear(expected.GetProperty("pooled"), found.Pooled.Span, tolerance);
            AssertNear(expected.GetProperty("patch_mean"), Definition.Mean(found.Patches), tolerance);
            foreach (var row in expected.EnumerateObject().Where(member => member.Name.StartsWith("patch_", StringComparison.Ordinal)))
            {
                if (int.TryParse(row.Name["patch_".Length..], out var index))
                {
                    AssertNear(row.Value, found.Patches.Row(index), tolerance);
                }
            }

            pictures.Add(found);
        }

        var all = document.RootElement.GetProperty("texts").EnumerateArray().ToList();
        var answers = await texts.EncodeAsync([.. all.Select(expected => expected.GetProperty("text").GetString()!)], cancel);
        for (var i = 0; i < all.Count; i++)
        {
            Assert.Equal(all[i].GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()), answers[i].Labels.Select(label => label.Id));
            Assert.Equal(answers[i].Labels.Count, answers[i].Tokens.RowCount);
            AssertNear(all[i].GetProperty("pooled"), answers[i].Pooled.Span, tolerance);
            for (var p = 0; p < pictures.Count; p++)
            {
                CheckScores(all[i], p, answers[i], pictures[p], tolerance);
            }
        }
    }

    private static void CheckScores(JsonElement expected, int picture, TextEmbedding text, PictureEmbedding image, double tolerance)
    {
        var t2i = Definition.BestPerRow(text.Tokens, image.Patches);
        (string Name, Func<double> Score)[] contracts =
        [
            ("filip-t2i", () => t2i),
            ("filip-i2t", () => Definition.BestPerRow(image.Patches, text.Tokens)),
            ("colbert-sum", () => t2i * text.Tokens.RowCount),
            ("pooled-score", () => Definition.Dot(text.Pooled.Span, image.Pooled.Span)),
        ];
        var looked = 0;
        foreach (var (name, score) in contracts)
        {
            if (expected.TryGetProperty(name, out var values))
            {
                // A sum of n rows may be off by n times as much.
                var most = name == "colbert-sum" ? tolerance * text.Tokens.RowCount : tolerance;
                Assert.Equal(values[picture].GetDouble(), score(), most);
                looked++;
            }
        }

        Assert.True(looked >= 2, "The golden file names no scores.");
    }

    private static void AssertNear(JsonElement expected, ReadOnlySpan<float> found, double tolerance)
    {
        Assert.Equal(expected.GetArrayLength(), found.Length);
        for (var i = 0; i < found.Length; i++)
        {
            Assert.Equal(expected[i].GetDouble(), found[i], tolerance);
        }
    }
}

using System.Text.Json.Nodes;
using Filip.Embeddings.Models;
using Filip.Embeddings.Tests.Models;
using Filip.Embeddings.Towers;

namespace Filip.Embeddings.Tests.Towers;

/// <summary>Folders that are not the demo model: swapped, re-described, pooled otherwise, on other devices.</summary>
public sealed class OtherFoldersTests
{
    private static readonly TowerOptions s_processor = DemoTowers.Processor;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string> Lies => new()
    {
        { "image.input", "\"pictures\"", "pixel_values" },
        { "image.patches_output", "\"rows\"", "patch_embeddings" },
        { "image.dimension", "32", "image.patches_output" },
        { "image.leading_tokens", "1", "image.patches_output" },
        { "pooled_dimension", "64", "image.pooled_output" },
        { "image.pooled_output", "\"patch_embeddings\"", "another shape" },
    };

    [Theory, MemberData(nameof(Lies))]
    public void A_manifest_that_the_image_tower_contradicts_is_refused(string member, string value, string named)
    {
        using var folder = ScratchFolder.Demo();
        Edit(folder, manifest =>
        {
            manifest.AsObject().Remove("golden");
            var path = member.Split('.');
            path[..^1].Aggregate(manifest, (node, part) => node[part]!)[path[^1]] = JsonNode.Parse(value);
        });
        var refusal = Assert.Throws<InvalidDataException>(() => ModelFolder.Load(folder.Path).OpenImageTower(s_processor));
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Swapped_towers_are_refused()
    {
        using var folder = ScratchFolder.Demo();
        Edit(folder, manifest =>
        {
            manifest["image"]!["file"] = "text.onnx";
            manifest["text"]!["file"] = "image.onnx";
        });
        var model = ModelFolder.Load(folder.Path);
        Assert.Contains("swapped", Assert.Throws<InvalidDataException>(() => model.OpenImageTower(s_processor)).Message, StringComparison.Ordinal);
        Assert.Contains("swapped", Assert.Throws<InvalidDataException>(() => model.OpenTextTower(s_processor)).Message, StringComparison.Ordinal);
        Assert.Equal(2, ModelCheck.Run(folder.Path, s_processor).Count(finding => finding.Level == FindingLevel.Error));
    }

    [Theory]
    [InlineData("\"std\": [0.5, 0.25, 0.25]", "known picture")]
    [InlineData("\"filter\": \"nearest\"", "known picture")]
    public void Changed_preprocessing_is_told_by_the_known_picture(string edit, string named)
    {
        using var folder = ScratchFolder.Demo();
        Edit(folder, manifest =>
        {
            var (name, value) = JsonNode.Parse("{" + edit + "}")!.AsObject().Single();
            manifest["image"]!["preprocessing"]![name] = value!.DeepClone();
        });
        var refusal = Assert.Throws<InvalidDataException>(() => ModelFolder.Load(folder.Path).OpenImageTower(s_processor));
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(ModelCheck.Run(folder.Path, s_processor), finding => finding is { Code: "GOLDEN_PICTURE", Level: FindingLevel.Error });
    }

    [Fact]
    public void A_changed_vocabulary_is_told_by_the_known_text()
    {
        using var folder = ScratchFolder.Demo();
        var lines = File.ReadAllLines(folder["vocab.txt"]);
        (lines[4], lines[10]) = (lines[10], lines[4]);
        File.WriteAllLines(folder["vocab.txt"], lines);
        Edit(folder, manifest => manifest["sha256"]!["vocab.txt"] = ManifestFile.HashOf(folder["vocab.txt"]));
        var refusal = Assert.Throws<InvalidDataException>(() => ModelFolder.Load(folder.Path).OpenTextTower(s_processor));
        Assert.Contains("tokenizer", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pooled_vectors_may_be_means_of_rows_or_come_from_a_separate_file()
    {
        using var folder = ScratchFolder.Demo(manifest: false);
        ModelInit.Write(folder.Path, ScratchFolder.DemoOptions with { Pooling = PoolingSource.MeanOfPatches });
        Assert.Contains(ModelCheck.Run(folder.Path, s_processor), finding => finding is { Code: "POOLING", Level: FindingLevel.Warning });
        using (var texts = ModelFolder.Load(folder.Path).OpenTextTower(s_processor))
        {
            var answer = (await texts.EncodeAsync(["a small red circle"], Cancel))[0];
            Assert.Equal(1, Definition.Cosine(Definition.Mean(answer.Tokens), answer.Pooled.Span), 1e-5);
            Assert.Equal(answer.Tokens.Dimension, answer.Pooled.Length);
        }

        using var separate = ScratchFolder.Demo();
        foreach (var tower in (string[])["image", "text"])
        {
            File.Copy(separate[$"{tower}.onnx"], separate[$"{tower}-pooled.onnx"]);
        }

        Edit(separate, manifest =>
        {
            manifest["pooling"] = "separate";
            foreach (var tower in (string[])["image", "text"])
            {
                manifest[tower]!["pooled_file"] = $"{tower}-pooled.onnx";
                manifest["sha256"]![$"{tower}-pooled.onnx"] = manifest["sha256"]![$"{tower}.onnx"]!.GetValue<string>();
            }
        });

        // The known answers, kept from one file a tower, hold for two.
        Assert.DoesNotContain(ModelCheck.Run(separate.Path, s_processor), finding => finding.Level == FindingLevel.Error);
    }

    [Fact]
    public async Task Special_tokens_that_do_not_count_are_no_query_tokens()
    {
        using var folder = ScratchFolder.Demo(manifest: false);
        ModelInit.Write(folder.Path, ScratchFolder.DemoOptions with { CountSpecialTokens = false });
        using var texts = ModelFolder.Load(folder.Path).OpenTextTower(s_processor);
        var answer = (await texts.EncodeAsync(["a small red circle"], Cancel))[0];
        Assert.Equal(["a", "small", "red", "circle"], answer.Labels.Select(label => label.Text));
        Assert.Equal(4, answer.Tokens.RowCount);
        var refusal = await Assert.ThrowsAsync<RefusedInputException>(async () => await texts.EncodeAsync(["red", "!?"], Cancel));
        Assert.Equal(1, refusal.Item);
    }

    [Fact]
    public void Cuda_is_used_or_its_absence_explained_in_one_line()
    {
        using var folder = ScratchFolder.Demo();
        var model = ModelFolder.Load(folder.Path);
        string? reason = null;
        try
        {
            using var tower = model.OpenTextTower(new TowerOptions { Device = TowerDevice.Cuda });
            Assert.Equal("CUDA", tower.ExecutionProvider);
        }
        catch (NotSupportedException refusal)
        {
            reason = refusal.Message;
            Assert.StartsWith("CUDA was asked for and cannot be had: ", reason, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', reason);
            Assert.DoesNotContain("onnxruntime_src", reason, StringComparison.Ordinal);
        }

        using var either = model.OpenTextTower(new TowerOptions { Device = TowerDevice.Auto });
        Assert.Equal(reason is null ? "CUDA" : "CPU", either.ExecutionProvider);
        Assert.Equal(reason is null, either.Notice is null);
    }

    [Fact]
    public void What_is_no_model_is_refused_in_one_line()
    {
        using var folder = ScratchFolder.Demo();
        File.WriteAllText(folder["image.onnx"], "no model");
        var refusal = Assert.Throws<InvalidDataException>(() => ModelInit.Write(folder.Path, ScratchFolder.DemoOptions));
        Assert.Contains("'image.onnx'", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(1025, 1)]
    [InlineData(1, 0)]
    [InlineData(1, 1025)]
    public void Options_outside_their_range_are_refused(int threads, int callers) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new TowerOptions { IntraOpThreads = threads, Callers = callers }.Validate());

    private static void Edit(ScratchFolder folder, Action<JsonNode> edit)
    {
        var manifest = JsonNode.Parse(File.ReadAllText(folder[ModelManifest.FileName]))!;
        edit(manifest);
        File.WriteAllText(folder[ModelManifest.FileName], manifest.ToJsonString());
    }
}

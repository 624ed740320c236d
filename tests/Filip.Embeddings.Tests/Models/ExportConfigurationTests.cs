using System.Text.Json;
using Filip.Embeddings.Models.Exports;
using Filip.Embeddings.Pictures;
using Filip.Embeddings.Tokenizers;
using Filip.Testing;

namespace Filip.Embeddings.Tests.Models;

/// <summary>Configuration files as exports have them, against what the formats mean (golden/hf-configs).</summary>
public sealed class ExportConfigurationTests
{
    // A refusal must name what it refuses, or the user cannot act on it.
    private static readonly Dictionary<string, string> s_names = new()
    {
        ["refuse-rescale-offset"] = "rescale_offset",
        ["refuse-do-resize-false"] = "do_resize",
        ["refuse-two-channels"] = "image_mean",
        ["refuse-std-zero"] = "image_std",
        ["refuse-unknown-filter"] = "resample",
        ["refuse-flexible-patches"] = "max_num_patches",
        ["siglip-hf"] = "SiglipTokenizer",
        ["open-clip-siglip"] = "timm/ViT-B-16-SigLIP",
    };

    public static TheoryData<string> Examples => [.. Expected().EnumerateObject().Select(example => example.Name)];

    [Theory, MemberData(nameof(Examples))]
    public void Export_is_read_as_its_format_means(string name)
    {
        var expected = Expected().GetProperty(name);
        var found = ExportConfiguration.Read(GoldenFiles.Require("hf-configs", name));
        if (expected.TryGetProperty("refuse", out _))
        {
            Assert.Null(found.Preprocessing);
            Assert.NotNull(found.ImageRefusal);
            Assert.Contains(s_names.GetValueOrDefault(name, ""), found.ImageRefusal, StringComparison.Ordinal);
            return;
        }

        Assert.Null(found.ImageRefusal);
        CheckPicture(expected.GetProperty("image"), found.Preprocessing!);
        CheckText(name, expected.GetProperty("text"), found);
        if (expected.TryGetProperty("grid", out var grid))
        {
            Assert.Equal(grid.EnumerateArray().Select(side => side.GetInt32()), found.Grid);
        }
    }

    private static void CheckPicture(JsonElement expected, PreprocessingOptions found)
    {
        Assert.Equal(expected.GetProperty("resize").GetString(), found.Resize.ToString().ToLowerInvariant());
        Assert.Equal(expected.GetProperty("filter").GetString(), found.Filter.ToString().ToLowerInvariant());
        int[] size = [found.Height, found.Width];
        Assert.Equal(Whole(expected.GetProperty("size")), size);
        int[] target = found.Resize == ResizeMode.Shortest ? [found.Shortest] : [found.Height, found.Width];
        Assert.Equal(Whole(expected.GetProperty("target")), target);
        Assert.Equal(expected.GetProperty("rescale").GetDouble(), found.Rescale, 1e-12);
        AssertNear(expected.GetProperty("mean"), found.Mean);
        AssertNear(expected.GetProperty("std"), found.Std);
        if (expected.TryGetProperty("fill", out var fill))
        {
            Assert.Equal(fill.GetInt32(), found.Fill);
        }
    }

    private static void CheckText(string name, JsonElement expected, ExportConfiguration found)
    {
        if (expected.ValueKind == JsonValueKind.Null)
        {
            Assert.Null(found.Text);
            Assert.Null(found.TextRefusal);
            return;
        }

        // Without an end token there is nothing for truncation to keep: the format's own note says to refuse.
        var noEnd = expected.TryGetProperty("eos", out var eos) && eos.ValueKind == JsonValueKind.Null;
        if (noEnd || expected.TryGetProperty("refuse", out _))
        {
            Assert.Null(found.Text);
            Assert.Contains(s_names.GetValueOrDefault(name, ""), Assert.IsType<string>(found.TextRefusal), StringComparison.Ordinal);
            return;
        }

        var text = found.Text!;
        var customary = SpecialTokens.CustomaryFor(text.Tokenizer.Kind);
        Assert.Equal(expected.GetProperty("tokenizer").GetString(), text.Tokenizer.Kind == TokenizerKind.ClipBpe ? "clip-bpe" : "wordpiece");
        Assert.Equal(expected.GetProperty("context").GetInt32(), text.Context);
        Assert.Equal(expected.GetProperty("lower_case").GetBoolean(), text.Tokenizer.LowerCase);
        Assert.Equal(expected.GetProperty("bos").GetString(), text.Tokenizer.Bos ?? customary.Bos);
        Assert.Equal(eos.GetString(), text.Tokenizer.Eos ?? customary.Eos);
        var pad = expected.GetProperty("pad").GetString();
        Assert.Equal(pad == "0", text.PadsWithEntryZero);
        if (pad != "0")
        {
            Assert.Equal(pad, text.Tokenizer.Pad ?? customary.Pad);
        }

        if (expected.TryGetProperty("strip_accents", out var accents))
        {
            Assert.Equal(accents.ValueKind == JsonValueKind.Null ? null : accents.GetBoolean(), text.Tokenizer.StripAccents);
            Assert.Equal(expected.GetProperty("chinese_chars").GetBoolean(), text.Tokenizer.ChineseChars);
        }
    }

    private static void AssertNear(JsonElement expected, IReadOnlyList<double> found)
    {
        Assert.Equal(expected.GetArrayLength(), found.Count);
        Assert.All(found, (value, i) => Assert.Equal(expected[i].GetDouble(), value, 1e-12));
    }

    private static int[] Whole(JsonElement list) => [.. list.EnumerateArray().Select(value => value.GetInt32())];

    private static JsonElement Expected()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(GoldenFiles.Require("hf-configs", "expected.json")));
        return document.RootElement.GetProperty("examples").Clone();
    }
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Filip.Embeddings.Pictures;

namespace Filip.Embeddings.Tests.Pictures;

/// <summary>Resizes and whole pipelines against Pillow 12, to the bit.</summary>
public sealed class ResizeGoldenTests
{
    public static TheoryData<string> Resizes => Named("resizes");

    public static TheoryData<string> Pipelines => Named("pipelines");

    [Theory, MemberData(nameof(Resizes))]
    public void A_resize_equals_pillow_to_the_bit(string output)
    {
        JsonElement entry = Find("resizes", output);
        var preprocessor = new PicturePreprocessor(new PreprocessingOptions
        {
            Width = entry.GetProperty("width").GetInt32(),
            Height = entry.GetProperty("height").GetInt32(),
            Filter = Filter(entry),
        });
        RgbPicture resized = preprocessor.Resize(PictureFiles.Reference("resize", entry.GetProperty("input").GetString()!));
        Assert.Equal(PictureFiles.Reference("resize", output).Pixels, resized.Pixels);
    }

    [Theory, MemberData(nameof(Pipelines))]
    public void A_pipeline_equals_its_reference(string output)
    {
        JsonElement entry = Find("pipelines", output);
        PreprocessingOptions options = Options(entry);
        RgbPicture input = PictureFiles.Reference("resize", entry.GetProperty("input").GetString()!);
        var preprocessor = new PicturePreprocessor(options);
        Assert.Equal(PictureFiles.Reference("resize", output).Pixels, preprocessor.Resize(input).Pixels);

        PictureGeometry geometry = preprocessor.Map(input.Width, input.Height);
        if (entry.TryGetProperty("resized", out JsonElement resized))
        {
            Assert.Equal((resized[0].GetInt32(), resized[1].GetInt32()), (geometry.ResizedWidth, geometry.ResizedHeight));
        }

        if (entry.TryGetProperty("crop", out JsonElement crop))
        {
            Assert.Equal((crop[0].GetInt32(), crop[1].GetInt32()), (geometry.OffsetX, geometry.OffsetY));
        }

        if (entry.TryGetProperty("tensor", out JsonElement tensor))
        {
            float[] expected = Npy(PictureFiles.Path("resize", tensor.GetString()!));
            float[] got = new float[preprocessor.Length];
            preprocessor.Prepare(input, got);
            Assert.Equal(expected.Length, got.Length);
            Assert.All(expected.Zip(got), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
        }
    }

    private static PreprocessingOptions Options(JsonElement entry)
    {
        int size = entry.GetProperty("size").GetInt32();
        var options = new PreprocessingOptions
        {
            Width = size,
            Height = size,
            Filter = Filter(entry),
            Resize = Enum.Parse<ResizeMode>(entry.GetProperty("mode").GetString()!, ignoreCase: true),
            Shortest = size,
        };
        if (entry.TryGetProperty("crop_rule", out JsonElement rule))
        {
            options = options with { Crop = rule.GetString() == "hf" ? CropRule.HuggingFace : CropRule.Torchvision };
        }

        if (entry.TryGetProperty("fill", out JsonElement fill))
        {
            options = options with { Fill = fill.GetByte() };
        }

        return entry.TryGetProperty("mean", out JsonElement mean)
            ? options with { Mean = Numbers(mean), Std = Numbers(entry.GetProperty("std")) }
            : options;
    }

    private static double[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(value => value.GetDouble())];

    private static ResizeFilter Filter(JsonElement entry) =>
        Enum.Parse<ResizeFilter>(entry.GetProperty("filter").GetString()!, ignoreCase: true);

    private static TheoryData<string> Named(string list) =>
        [.. PictureFiles.Entries("resize", "cases.json", list, "output").Select(entry => entry.GetProperty("output").GetString()!)];

    private static JsonElement Find(string list, string output) =>
        PictureFiles.Entries("resize", "cases.json", list, "output")
            .First(entry => entry.GetProperty("output").GetString() == output);

    private static float[] Npy(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        int header = BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(8));
        string description = Encoding.ASCII.GetString(file, 10, header);
        Assert.Contains("'<f4'", description, StringComparison.Ordinal);
        Assert.Contains("'fortran_order': False", description, StringComparison.Ordinal);
        return MemoryMarshal.Cast<byte, float>(file.AsSpan(10 + header)).ToArray();
    }
}

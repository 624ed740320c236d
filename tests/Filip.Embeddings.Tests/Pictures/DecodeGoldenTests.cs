using System.Text.Json;
using Filip.Embeddings.Pictures;

namespace Filip.Embeddings.Tests.Pictures;

/// <summary>Every kind of picture that users have, against Pillow's pixels.</summary>
public sealed class DecodeGoldenTests
{
    public static TheoryData<string> Pictures =>
        [.. PictureFiles.Entries("decode", "index.json", "pictures", "file").Select(entry => entry.GetProperty("file").GetString()!)];

    [Theory, MemberData(nameof(Pictures))]
    public void A_picture_has_the_golden_size_and_pixels(string file)
    {
        (JsonElement entry, RgbPicture got, byte[] pixels, byte[] expected) = Load(file);
        Assert.Equal((entry.GetProperty("width").GetInt32(), entry.GetProperty("height").GetInt32()), (got.Width, got.Height));
        (int largest, double mean) = PictureFiles.Difference(pixels, expected);
        JsonElement tolerance = entry.GetProperty("tolerance");
        Assert.True(
            largest <= tolerance.GetProperty("max").GetInt32() && mean <= tolerance.GetProperty("mean").GetDouble(),
            $"{file}: off by {largest} at most, {mean:F3} on average.");
    }

    [Fact]
    public void A_jpeg_differs_from_libjpeg_turbo_by_rounding_alone_however_its_chroma_is_sampled()
    {
        // Repeated chroma would be off by 1.8 on average where it is smooth, by 6.7 and up to 124 at hard edges.
        int compared = 0;
        foreach (string file in Pictures.Select(row => row.Data).Where(name => name.EndsWith(".jpg", StringComparison.Ordinal)))
        {
            (_, _, byte[] pixels, byte[] expected) = Load(file);
            (int largest, double mean) = PictureFiles.Difference(pixels, expected);
            Assert.True(largest <= 4 && mean <= 0.2, $"{file}: off by {largest} at most, {mean:F3} on average.");
            compared++;
        }

        Assert.True(compared > 5);
    }

    private static (JsonElement Entry, RgbPicture Got, byte[] Pixels, byte[] Expected) Load(string file)
    {
        JsonElement entry = PictureFiles.Entries("decode", "index.json", "pictures", "file")
            .Single(candidate => candidate.GetProperty("file").GetString() == file);
        RgbPicture got = PictureDecoder.Decode(File.ReadAllBytes(PictureFiles.Path("decode", file)));
        RgbPicture expected = PictureFiles.Reference("decode", entry.GetProperty("expected").GetString()!);
        if (!entry.TryGetProperty("compare_region", out JsonElement region))
        {
            return (entry, got, got.Pixels, expected.Pixels);
        }

        int[] box = [.. region.EnumerateArray().Select(value => value.GetInt32())];
        return (entry, got,
            PictureFiles.Region(got, box[0], box[1], box[2], box[3]),
            PictureFiles.Region(expected, box[0], box[1], box[2], box[3]));
    }
}

using System.Text.Json;
using Filip.Embeddings.Pictures;

namespace Filip.Embeddings.Tests.Pictures;

/// <summary>Broken, hostile and foreign files: refused with a reason, or whole.</summary>
public sealed class BadPictureGoldenTests
{
    public static TheoryData<string> Bad =>
        [.. PictureFiles.Entries("bad", "index.json", "files", "file").Select(entry => entry.GetProperty("file").GetString()!)];

    [Theory, MemberData(nameof(Bad))]
    public void A_bad_file_is_refused_and_a_sound_one_is_not(string file)
    {
        JsonElement entry = PictureFiles.Entries("bad", "index.json", "files", "file")
            .Single(candidate => candidate.GetProperty("file").GetString() == file);
        string? refusal = Refusal(File.ReadAllBytes(PictureFiles.Path("bad", file)));
        bool firm = !entry.TryGetProperty("firm", out JsonElement said) || said.GetBoolean();
        bool expectsPicture = entry.GetProperty("expect").GetString() == "accept";
        if (firm)
        {
            Assert.True(
                expectsPicture == refusal is null,
                $"{file} ({entry.GetProperty("why").GetString()}): {refusal ?? "accepted"}");
        }

        if (entry.TryGetProperty("declared", out _))
        {
            Assert.StartsWith(PictureRefusal.TooLarge, refusal, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_foreign_format_is_told_by_its_content()
    {
        foreach (byte[] file in new byte[][] { [.. "<svg xmlns="u8], [.. "%PDF-1.7"u8], [.. "II*\0"u8], [.. "PK\x03\x04"u8], new byte[4096] })
        {
            Assert.StartsWith(PictureRefusal.UnknownFormat, Refusal(file), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_empty_file_and_one_over_the_limit_have_their_own_codes()
    {
        Assert.StartsWith(PictureRefusal.Empty, Refusal([]), StringComparison.Ordinal);
        var exception = Assert.Throws<PictureRefusedException>(
            () => PictureDecoder.Decode(new byte[101], new PictureLimits { FileBytes = 100 }));
        Assert.Equal(PictureRefusal.TooLarge, exception.Code);
    }

    internal static string? Refusal(byte[] file)
    {
        try
        {
            RgbPicture picture = PictureDecoder.Decode(file);
            Assert.Equal(3 * picture.Width * picture.Height, picture.Pixels.Length);
            return null;
        }
        catch (PictureRefusedException exception)
        {
            Assert.NotEmpty(exception.Message);
            return $"{exception.Code}: {exception.Message}";
        }
    }
}

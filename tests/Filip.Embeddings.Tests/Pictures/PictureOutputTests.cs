using Filip.Embeddings.Pictures;
using Filip.Testing;

namespace Filip.Embeddings.Tests.Pictures;

/// <summary>What is written for people: thumbnails, PNGs, heat maps; and pictures of several in one file.</summary>
public sealed class PictureOutputTests
{
    [Fact]
    public void A_png_written_is_the_picture_read()
    {
        RgbPicture picture = PreprocessorTests.Noise(new Random(3), 31, 17);
        RgbPicture read = PictureDecoder.Decode(PictureWriter.Png(picture));
        Assert.Equal((31, 17), (read.Width, read.Height));
        Assert.Equal(picture.Pixels, read.Pixels);
    }

    [Fact]
    public void A_thumbnail_keeps_the_shape_and_never_grows()
    {
        RgbPicture picture = PreprocessorTests.Noise(new Random(3), 400, 100);
        RgbPicture small = PictureDecoder.Decode(PictureWriter.JpegThumbnail(picture, 80));
        Assert.Equal((80, 20), (small.Width, small.Height));
        Assert.Same(picture, PictureWriter.Thumbnail(picture, 400));
        RgbPicture thin = PictureWriter.Thumbnail(PreprocessorTests.Noise(new Random(3), 2000, 2), 50);
        Assert.Equal((50, 1), (thin.Width, thin.Height));
    }

    [Fact]
    public void A_written_jpeg_reads_back_as_nearly_the_same_picture()
    {
        RgbPicture smooth = Grey(64, 48, 0);
        for (int i = 0; i < smooth.Pixels.Length; i++)
        {
            smooth.Pixels[i] = (byte)((i / 3 % 64 * 2) + (i / 192));
        }

        RgbPicture read = PictureDecoder.Decode(PictureWriter.JpegThumbnail(smooth, 64, quality: 95));
        Assert.InRange(PictureFiles.Difference(smooth.Pixels, read.Pixels).Mean, 0, 2);
    }

    [Fact]
    public void The_heaviest_patch_is_red_and_the_lightest_untouched()
    {
        RgbPicture picture = Grey(60, 40, 100);
        var geometry = new PictureGeometry(new PreprocessingOptions { Width = 96, Height = 96 }, 60, 40);
        RgbPicture drawn = PatchOverlay.Draw(picture, [0, 0, 0, 5], 2, 2, geometry);
        int corner = 3 * ((39 * 60) + 59);
        Assert.True(drawn.Pixels[corner] > 150 && drawn.Pixels[corner + 2] < 80);
        Assert.Equal([100, 100, 100], drawn.Pixels[..3]);
        Assert.All(picture.Pixels, value => Assert.Equal(100, value));
    }

    [Fact]
    public void Equal_weights_leave_the_picture_alone_and_what_is_cropped_away_is_greyed()
    {
        RgbPicture picture = Grey(90, 30, 10);
        var squash = new PictureGeometry(new PreprocessingOptions { Width = 96, Height = 96 }, 90, 30);
        Assert.Equal(picture.Pixels, PatchOverlay.Draw(picture, [2, 2, 2, 2], 2, 2, squash).Pixels);
        var cropped = new PictureGeometry(new PreprocessingOptions { Width = 96, Height = 96, Resize = ResizeMode.Shortest }, 90, 30);
        RgbPicture drawn = PatchOverlay.Draw(picture, [2, 2, 2, 2], 2, 2, cropped);
        Assert.Equal(69, drawn.Pixels[0]);
        Assert.Equal(10, drawn.Pixels[3 * 45]);
    }

    [Fact]
    public void An_overlay_refuses_weights_that_do_not_fit()
    {
        RgbPicture picture = Grey(9, 9, 0);
        var geometry = new PictureGeometry(new PreprocessingOptions { Width = 96, Height = 96 }, 9, 9);
        Assert.Throws<ArgumentException>(() => PatchOverlay.Draw(picture, [1, 2, 3], 2, 2, geometry));
        Assert.Throws<ArgumentException>(() => PatchOverlay.Draw(picture, [1, 2, 3, float.NaN], 2, 2, geometry));
        Assert.Throws<ArgumentException>(() => PatchOverlay.Draw(Grey(8, 9, 0), [1, 2, 3, 4], 2, 2, geometry));
    }

    [Fact]
    public void Of_several_jpegs_in_one_file_the_first_is_the_picture()
    {
        byte[] first = PictureWriter.JpegThumbnail(Grey(20, 10, 60), 20);
        byte[] second = PictureWriter.JpegThumbnail(Grey(30, 30, 200), 30);
        RgbPicture picture = PictureDecoder.Decode(new byte[][] { first, second }.SelectMany(part => part).ToArray());
        Assert.Equal(PictureDecoder.Decode(first).Pixels, picture.Pixels);
    }

    [Fact]
    public void A_phones_multi_picture_file_equals_its_first_picture()
    {
        if (GoldenFiles.Trials is not { } trials || !Directory.Exists(Path.Combine(trials, "mpo-picture")))
        {
            Assert.Skip("The trial mpo-picture is not here (FILIP_TRIALS or ../shared/trials).");
            return;
        }

        RgbPicture Read(string name) => PictureDecoder.Decode(File.ReadAllBytes(Path.Combine(trials, "mpo-picture", name)));
        Assert.Equal(Read("first-only.jpg").Pixels, Read("photo.jpg").Pixels);
        Assert.NotEqual(Read("second-only.jpg").Pixels, Read("photo.jpg").Pixels);
    }

    private static RgbPicture Grey(int width, int height, byte value) =>
        new([.. Enumerable.Repeat(value, 3 * width * height)], width, height);
}

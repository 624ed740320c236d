using Filip.Embeddings.Pictures;

namespace Filip.Embeddings.Tests.Pictures;

/// <summary>Contracts of preprocessing beyond the goldens.</summary>
public sealed class PreprocessorTests
{
    public static TheoryData<ResizeFilter> Filters => [.. Enum.GetValues<ResizeFilter>().Where(filter => filter != ResizeFilter.Nearest)];

    [Theory, MemberData(nameof(Filters))]
    public void Resizing_equals_the_slow_plain_twin_at_awkward_sizes(ResizeFilter filter)
    {
        var random = new Random(5);
        foreach ((int w, int h, int tw, int th) in new[] { (1, 1, 7, 5), (33, 9, 10, 31), (97, 41, 33, 32), (64, 64, 64, 20), (5, 70, 11, 70) })
        {
            RgbPicture picture = Noise(random, w, h);
            RgbPicture got = ResizePlan.Resize(picture, tw, th, filter);
            byte[] narrowed = PlainPass(picture.Pixels, w, h, tw, filter);
            byte[] expected = Turn(PlainPass(Turn(narrowed, tw, h), h, tw, th, filter), th, tw);
            Assert.Equal(expected, got.Pixels);
        }
    }

    [Fact]
    public void A_crop_is_the_part_of_the_whole_resized_picture()
    {
        RgbPicture picture = Noise(new Random(9), 75, 31);
        var options = new PreprocessingOptions { Width = 24, Height = 20, Resize = ResizeMode.Shortest, Shortest = 28, Crop = CropRule.Torchvision };
        PictureGeometry geometry = new(options, 75, 31);
        RgbPicture whole = ResizePlan.Resize(picture, geometry.ResizedWidth, geometry.ResizedHeight, options.Filter);
        Assert.Equal(
            PictureFiles.Region(whole, geometry.OffsetX, geometry.OffsetY, 24, 20),
            new PicturePreprocessor(options).Resize(picture).Pixels);
    }

    [Fact]
    public void The_two_crop_rules_part_where_the_rest_is_three_modulo_four()
    {
        var options = new PreprocessingOptions { Width = 96, Height = 96, Resize = ResizeMode.Shortest, Crop = CropRule.Torchvision };
        Assert.Equal(24, new PictureGeometry(options, 450, 301).OffsetX);
        Assert.Equal(23, new PictureGeometry(options with { Crop = CropRule.HuggingFace }, 450, 301).OffsetX);
    }

    [Fact]
    public void A_crop_larger_than_the_resized_picture_is_padded_with_zeros()
    {
        var options = new PreprocessingOptions { Width = 12, Height = 12, Resize = ResizeMode.Shortest, Shortest = 8, Fill = 99 };
        RgbPicture padded = new PicturePreprocessor(options).Resize(new RgbPicture([.. Enumerable.Repeat((byte)200, 300)], 10, 10));
        Assert.Equal(0, padded.Pixels[0]);
        Assert.Equal(200, padded.Pixels[3 * ((6 * 12) + 6)]);
        Assert.Equal(3 * 64, padded.Pixels.Count(value => value == 200));
    }

    [Fact]
    public void Mapping_a_patch_there_and_back_lands_on_it()
    {
        foreach (ResizeMode mode in Enum.GetValues<ResizeMode>())
        {
            var options = new PreprocessingOptions { Width = 96, Height = 96, Resize = mode };
            var geometry = new PictureGeometry(options, 301, 200);
            PictureRectangle box = geometry.MapPatch(3, 2, 6, 6);
            Assert.Equal(32, geometry.ToInputX(box.X), 1e-9);
            Assert.Equal(48, geometry.ToInputY(box.Y), 1e-9);
            Assert.Equal(48, geometry.ToInputX(box.X + box.Width), 1e-9);
            Assert.Equal(64, geometry.ToInputY(box.Y + box.Height), 1e-9);
        }
    }

    [Fact]
    public void A_patch_in_the_padding_has_no_area_and_the_whole_input_covers_the_whole_picture()
    {
        var geometry = new PictureGeometry(new PreprocessingOptions { Width = 96, Height = 96, Resize = ResizeMode.Longest }, 300, 100);
        Assert.Equal(0, geometry.MapPatch(0, 0, 6, 6).Height);
        Assert.Equal(new PictureRectangle(0, 0, 300, 100), geometry.Map(new PictureRectangle(0, 0, 96, 96)));
    }

    [Fact]
    public void Options_that_cannot_be_are_refused_at_the_door()
    {
        var sound = new PreprocessingOptions { Width = 8, Height = 8 };
        Assert.Throws<ArgumentException>(() => new PicturePreprocessor(sound with { Width = 0 }));
        Assert.Throws<ArgumentException>(() => new PicturePreprocessor(sound with { Mean = [0, 0] }));
        Assert.Throws<ArgumentException>(() => new PicturePreprocessor(sound with { Std = [1, 0, 1] }));
        Assert.Throws<ArgumentException>(() => new PicturePreprocessor(sound with { Rescale = double.NaN }));
        Assert.Throws<ArgumentException>(() => new PicturePreprocessor(sound).Prepare(Noise(new Random(1), 2, 2), new float[3]));
    }

    [Fact]
    public void One_preprocessor_serves_pictures_of_many_sizes_from_many_threads()
    {
        var preprocessor = new PicturePreprocessor(new PreprocessingOptions { Width = 16, Height = 16 });
        RgbPicture[] pictures = [.. Enumerable.Range(1, 12).Select(size => Noise(new Random(size), 3 * size, 40 - size))];
        float[][] alone = [.. pictures.Select(picture => Prepared(new PicturePreprocessor(preprocessor.Options), picture))];
        Parallel.For(0, 400, round => Assert.Equal(alone[round % 12], Prepared(preprocessor, pictures[round % 12])));
    }

    internal static RgbPicture Noise(Random random, int width, int height)
    {
        byte[] pixels = new byte[3 * width * height];
        random.NextBytes(pixels);
        return new RgbPicture(pixels, width, height);
    }

    private static float[] Prepared(PicturePreprocessor preprocessor, RgbPicture picture)
    {
        float[] tensor = new float[preprocessor.Length];
        preprocessor.Prepare(picture, tensor);
        return tensor;
    }

    private static byte[] PlainPass(byte[] pixels, int width, int height, int to, ResizeFilter filter)
    {
        var weights = new ResampleWeights(width, to, filter, 0, to);
        byte[] result = new byte[3 * to * height];
        for (int i = 0; i < result.Length; i++)
        {
            (int y, int x, int channel) = (i / (3 * to), i / 3 % to, i % 3);
            long sum = 1 << 21;
            for (int tap = 0; tap < weights.Of(x).Length; tap++)
            {
                sum += (long)weights.Of(x)[tap] * pixels[(3 * ((y * width) + weights.First(x) + tap)) + channel];
            }

            result[i] = (byte)Math.Clamp(sum >> 22, 0, 255);
        }

        return result;
    }

    private static byte[] Turn(byte[] pixels, int width, int height) =>
        [.. Enumerable.Range(0, width).SelectMany(x => Enumerable.Range(0, height).SelectMany(
            y => pixels.Skip(3 * ((y * width) + x)).Take(3)))];
}

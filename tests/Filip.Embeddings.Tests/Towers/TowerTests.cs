using CsCheck;
using Filip.Embeddings.Models;
using Filip.Embeddings.Tests.Models;
using Filip.Embeddings.Towers;
using Filip.Testing;

namespace Filip.Embeddings.Tests.Towers;

/// <summary>The demo model's towers, opened once.</summary>
public sealed class DemoTowers : IDisposable
{
    public static TowerOptions Processor { get; } = new() { Device = TowerDevice.Cpu };

    public ModelFolder Model { get; } = ModelFolder.Load(GoldenFiles.Models);

    public OnnxImageEncoder Images => field ??= Model.OpenImageTower(Processor);

    public OnnxTextEncoder Texts => field ??= Model.OpenTextTower(Processor);

    public void Dispose()
    {
        Images.Dispose();
        Texts.Dispose();
    }
}

/// <summary>What holds of every answer of a tower.</summary>
public sealed class TowerTests(DemoTowers towers) : IClassFixture<DemoTowers>
{
    private static readonly string[] s_texts =
    [
        "a small red circle", "circle", "the big blue square above a green triangle on white", "red", "a small red circle",
        "two yellow stars and one purple ring", "!!!", "a", "square square square square square square square square",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_picture_gives_the_same_bits_alone_and_in_any_batch()
    {
        const int Count = 7;
        var pixels = Noise(Count);
        var together = await towers.Images.EncodeAsync(pixels, Count, Cancel);
        for (var i = 0; i < Count; i++)
        {
            var alone = (await towers.Images.EncodeAsync(Picture(pixels, i), 1, Cancel))[0];
            Assert.True(alone.Patches.Values.Span.SequenceEqual(together[i].Patches.Values.Span));
            Assert.True(alone.Pooled.Span.SequenceEqual(together[i].Pooled.Span));
        }
    }

    [Fact]
    public async Task A_text_gives_the_same_bits_alone_and_in_any_company()
    {
        var together = await towers.Texts.EncodeAsync(s_texts, Cancel);
        var reversed = await towers.Texts.EncodeAsync([.. s_texts.Reverse()], Cancel);
        for (var i = 0; i < s_texts.Length; i++)
        {
            var alone = (await towers.Texts.EncodeAsync([s_texts[i]], Cancel))[0];
            foreach (var other in (TextEmbedding[])[together[i], reversed[^(i + 1)]])
            {
                Assert.Equal(s_texts[i], other.Text);
                Assert.Equal(alone.Labels, other.Labels);
                Assert.True(alone.Tokens.Values.Span.SequenceEqual(other.Tokens.Values.Span));
                Assert.True(alone.Pooled.Span.SequenceEqual(other.Pooled.Span));
            }
        }
    }

    [Fact]
    public async Task Rows_and_pooled_vectors_have_length_one_and_no_row_is_padding()
    {
        var answers = await towers.Texts.EncodeAsync(s_texts, Cancel);
        var picture = (await towers.Images.EncodeAsync(Noise(1), 1, Cancel))[0];
        Assert.Equal(towers.Model.Manifest.Image.Rows, picture.Patches.RowCount);
        var matrices = answers.Select(answer => (answer.Tokens, answer.Pooled)).Append((picture.Patches, picture.Pooled));
        foreach (var (rows, pooled) in matrices)
        {
            Assert.Equal(1, Definition.Dot(pooled.Span, pooled.Span), 1e-5);
            for (var row = 0; row < rows.RowCount; row++)
            {
                Assert.Equal(1, Definition.Dot(rows.Row(row), rows.Row(row)), 1e-4);
            }
        }

        Assert.All(answers, answer => Assert.Equal(answer.Labels.Count, answer.Tokens.RowCount));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(3e38f)]                 // finite, and too large for the tower: its answer is not
    public async Task A_picture_without_a_finite_answer_is_refused_by_its_place_in_the_batch(float value)
    {
        const int Bad = 2;
        var pixels = Noise(4);
        pixels.AsSpan(Bad * towers.Images.PixelsPerPicture, 500).Fill(value);
        var refusal = await Assert.ThrowsAsync<RefusedInputException>(async () => await towers.Images.EncodeAsync(pixels, 4, Cancel));
        Assert.Equal(Bad, refusal.Item);
        Assert.Contains($"Picture {Bad}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pixels_of_another_size_are_refused_before_the_run()
    {
        var few = Noise(1).AsMemory(1);
        await Assert.ThrowsAsync<ArgumentException>(async () => await towers.Images.EncodeAsync(few, 1, Cancel));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await towers.Images.EncodeAsync(few, 0, Cancel));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await towers.Texts.EncodeAsync([], Cancel));
    }

    [Fact]
    public async Task Cancelled_means_not_run()
    {
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await towers.Images.EncodeAsync(Noise(1), 1, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await towers.Texts.EncodeAsync(["red"], cancelled));
    }

    [Fact]
    public async Task Many_callers_at_once_get_what_one_gets()
    {
        var pixels = Noise(12);
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => towers.Images.EncodeAsync(Picture(pixels, i), 1, Cancel).AsTask()));
        var together = await towers.Images.EncodeAsync(pixels, 12, Cancel);
        Assert.All(answers, (answer, i) => Assert.True(answer[0].Patches.Values.Span.SequenceEqual(together[i].Patches.Values.Span)));
    }

    [Fact]
    public void Any_text_at_all_is_answered()
    {
        Gen.String.Sample(text =>
        {
            var answer = towers.Texts.Encode([text])[0];
            Assert.InRange(answer.Tokens.RowCount, 2, towers.Model.Manifest.Text.Context);
        }, iter: 50, threads: 1);
    }

    [Fact]
    public void A_run_allocates_its_answer_and_next_to_nothing_else()
    {
        const int Count = 8;
        var pixels = Noise(Count);
        var least = long.MaxValue;
        for (var i = 0; i < 8; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            towers.Images.Encode(pixels, Count);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        var image = towers.Model.Manifest.Image;
        var answer = Count * sizeof(float) * ((image.Rows * image.Dimension) + towers.Model.Manifest.PooledDimension);
        Assert.InRange(least, answer, answer + (Count * 300) + 2_000);
    }

    private float[] Noise(int count)
    {
        var random = new Random(5);
        var pixels = new float[count * towers.Images.PixelsPerPicture];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (random.NextSingle() * 4) - 2;
        }

        return pixels;
    }

    private ReadOnlyMemory<float> Picture(float[] pixels, int index) =>
        pixels.AsMemory(index * towers.Images.PixelsPerPicture, towers.Images.PixelsPerPicture);
}

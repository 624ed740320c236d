using Filip.Embeddings;
using Filip.Embeddings.Codecs;
using Filip.Embeddings.Pictures;
using Filip.Indexer.Pipeline;

namespace Filip.Indexer.Tests.Parts;

/// <summary>A tower of two patches that fails when told to; its vectors follow from the pixels alone.</summary>
public sealed class SmallTower : IImageEncoder
{
    public const int Side = 8;

    private int _calls;

    public int PixelsPerPicture => 3 * Side * Side;

    /// <summary>Pixel means of pictures on which the tower throws.</summary>
    public Func<ReadOnlyMemory<float>, bool> ThrowsOn { get; init; } = _ => false;

    /// <summary>What the pooled vector of a picture becomes instead.</summary>
    public Func<ReadOnlyMemory<float>, float[]?> Instead { get; init; } = _ => null;

    public int Calls => _calls;

    public static IndexStamp Stamp { get; } = new(new string('a', 64), "small", 3, 3, PatchCodec.F16, "filip-t2i");

    public IndexingModel Model => new(
        this, new PicturePreprocessor(new PreprocessingOptions { Width = Side, Height = Side }), new PatchGrid(2, 1));

    public ValueTask<IReadOnlyList<PictureEmbedding>> EncodeAsync(
        ReadOnlyMemory<float> pixels, int count, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        var embeddings = new PictureEmbedding[count];
        for (var i = 0; i < count; i++)
        {
            var picture = pixels.Slice(i * PixelsPerPicture, PixelsPerPicture);
            if (ThrowsOn(picture))
            {
                throw new InvalidOperationException("The tower trips over this batch.");
            }

            var vector = Unit(picture.Span);
            embeddings[i] = new PictureEmbedding(new EmbeddingMatrix((float[])[.. vector, .. vector], 3), Instead(picture) ?? vector);
        }

        return new(embeddings);
    }

    private static float[] Unit(ReadOnlySpan<float> pixels)
    {
        var vector = new float[3];
        for (var i = 0; i < pixels.Length; i++)
        {
            vector[i / (Side * Side)] += pixels[i] + 0.01f;
        }

        var length = MathF.Sqrt(vector.Sum(value => value * value));
        return [.. vector.Select(value => value / length)];
    }
}

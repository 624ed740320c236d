namespace Filip.Embeddings;

/// <summary>The text tower: texts to query tokens and a pooled vector.</summary>
public interface ITextEncoder
{
    /// <summary>Encodes texts as they are (templates are the caller's matter); answers in the order given.</summary>
    /// <param name="texts">At least one text.</param>
    /// <param name="cancellationToken">Looked at before the tower runs.</param>
    /// <exception cref="ArgumentException">A text leaves no token at all that the contract counts.</exception>
    ValueTask<IReadOnlyList<TextEmbedding>> EncodeAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken);
}

/// <summary>The image tower: preprocessed pixels to patches and a pooled vector.</summary>
public interface IImageEncoder
{
    /// <summary>Values of one picture's tensor: 3 × height × width.</summary>
    int PixelsPerPicture { get; }

    /// <summary>Encodes a batch of preprocessed pictures; answers in the order given.</summary>
    /// <param name="pixels">Float32, shape <c>[count, 3, height, width]</c>, as the model folder's preprocessing makes it.</param>
    /// <param name="count">Pictures in the batch, at least 1.</param>
    /// <param name="cancellationToken">Looked at before the tower runs.</param>
    ValueTask<IReadOnlyList<PictureEmbedding>> EncodeAsync(
        ReadOnlyMemory<float> pixels, int count, CancellationToken cancellationToken);
}

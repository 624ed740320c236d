namespace Filip.Embeddings.Pictures;

/// <summary>Makes the image tower's input of a picture.</summary>
/// <param name="options">What the manifest says.</param>
public sealed class PicturePreprocessor(PreprocessingOptions options)
{
    /// <summary>Writes one picture's tensor.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="tensor">Exactly 3 × height × width values.</param>
    public void Prepare(RgbPicture picture, Span<float> tensor) => throw new NotImplementedException(options.ToString());
}

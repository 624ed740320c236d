namespace Filip.Embeddings.Models;

/// <summary>Known inputs and what the towers answered when the manifest was written.</summary>
/// <remarks>They tell swapped towers, a wrong tokenizer, changed preprocessing and a faulty device before a vector is stored.</remarks>
public sealed record GoldenFacts
{
    /// <summary>Largest difference of any value of the unit vectors.</summary>
    /// <value>The default is 0.002: floats differ between processors and devices, by far less than models do.</value>
    public double Tolerance { get; init; } = 0.002;

    /// <summary>The known text.</summary>
    public GoldenText? Text { get; init; }

    /// <summary>The known picture, which is drawn by rule: see <see cref="GoldenPattern"/>.</summary>
    public GoldenPicture? Picture { get; init; }
}

/// <summary>A known text and its answer.</summary>
/// <param name="Text">The text.</param>
/// <param name="Ids">Its ids.</param>
/// <param name="Pooled">The pooled vector, unit length.</param>
/// <param name="FirstRow">The first row, as scored.</param>
/// <param name="MeanRow">The mean of all rows.</param>
public sealed record GoldenText(
    string Text,
    IReadOnlyList<int> Ids,
    IReadOnlyList<float> Pooled,
    IReadOnlyList<float> FirstRow,
    IReadOnlyList<float> MeanRow);

/// <summary>A picture drawn by rule and its answer.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Pooled">The pooled vector, unit length.</param>
/// <param name="FirstRow">The first row, as scored.</param>
/// <param name="MeanRow">The mean of all rows.</param>
public sealed record GoldenPicture(
    int Width,
    int Height,
    IReadOnlyList<float> Pooled,
    IReadOnlyList<float> FirstRow,
    IReadOnlyList<float> MeanRow);

namespace Filip.Embeddings.Pictures;

/// <summary>How a picture becomes the image tower's input; written in the model folder's manifest.</summary>
public sealed record PreprocessingOptions
{
    /// <summary>Width of the tower's input in pixels, at least 1.</summary>
    public required int Width { get; init; }

    /// <summary>Height of the tower's input in pixels, at least 1.</summary>
    public required int Height { get; init; }

    /// <summary>How the picture is brought near that size.</summary>
    public ResizeMode Resize { get; init; } = ResizeMode.Squash;

    /// <summary>Target of the shorter side for <see cref="ResizeMode.Shortest"/>; 0 takes the smaller of width and height.</summary>
    public int Shortest { get; init; }

    /// <summary>Pillow's filter of that name.</summary>
    public ResizeFilter Filter { get; init; } = ResizeFilter.Bicubic;

    /// <summary>How an odd rest is split by the centre crop.</summary>
    public CropRule Crop { get; init; } = CropRule.HuggingFace;

    /// <summary>Value of each padded channel for <see cref="ResizeMode.Longest"/>, 0 to 255.</summary>
    public byte Fill { get; init; }

    /// <summary>Factor from a byte to the range that <see cref="Mean"/> is in; 1/255 unless the export says otherwise.</summary>
    public double Rescale { get; init; } = 1.0 / 255;

    /// <summary>Subtracted from each channel (R, G, B) after rescaling.</summary>
    public IReadOnlyList<double> Mean { get; init; } = [0, 0, 0];

    /// <summary>Divides each channel (R, G, B) after the mean; never 0.</summary>
    public IReadOnlyList<double> Std { get; init; } = [1, 1, 1];
}

/// <summary>How a picture is brought near the tower's size.</summary>
public enum ResizeMode
{
    /// <summary>Both sides to the tower's size, whatever the shape.</summary>
    Squash,

    /// <summary>The shorter side to a target (the long one <c>int(size * long / short)</c>, cut), then a centre crop.</summary>
    Shortest,

    /// <summary>The whole picture inside the tower's size (sides rounded half to even), the rest filled.</summary>
    Longest,
}

/// <summary>Pillow's resampling filters.</summary>
public enum ResizeFilter
{
    /// <summary>Nearest neighbour.</summary>
    Nearest,

    /// <summary>Box.</summary>
    Box,

    /// <summary>Triangle.</summary>
    Bilinear,

    /// <summary>Hamming.</summary>
    Hamming,

    /// <summary>Cubic, a = -0.5.</summary>
    Bicubic,

    /// <summary>Lanczos, 3 lobes.</summary>
    Lanczos,
}

/// <summary>Where a centre crop begins when the rest is odd.</summary>
public enum CropRule
{
    /// <summary>transformers: floor of half the rest.</summary>
    HuggingFace,

    /// <summary>torchvision and open_clip: half the rest, rounded half to even.</summary>
    Torchvision,
}

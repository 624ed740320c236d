using Filip.Embeddings.Pictures;

namespace Filip.Embeddings.Models.Exports;

/// <summary>What an image processor of transformers does where its configuration file says nothing.</summary>
/// <param name="Square">Whether a bare number for <c>size</c> means both sides, rather than the shortest.</param>
/// <param name="Side">The size where none is given.</param>
/// <param name="CenterCrop">Whether it crops unless told otherwise.</param>
/// <param name="Filter">Its filter.</param>
/// <param name="Mean">Its means.</param>
/// <param name="Std">Its deviations.</param>
internal sealed record ImageProcessorClass(
    bool Square, int Side, bool CenterCrop, ResizeFilter Filter, IReadOnlyList<double> Mean, IReadOnlyList<double> Std)
{
    private static readonly Dictionary<string, ImageProcessorClass> s_known = new()
    {
        ["CLIP"] = new(false, 224, true, ResizeFilter.Bicubic, ClipMean, ClipStd),
        ["ChineseCLIP"] = new(false, 224, true, ResizeFilter.Bicubic, ClipMean, ClipStd),
        ["Bit"] = new(false, 224, true, ResizeFilter.Bicubic, ClipMean, ClipStd),
        ["Siglip"] = new(true, 224, false, ResizeFilter.Bicubic, Half, Half),
        ["ViT"] = new(true, 224, false, ResizeFilter.Bilinear, Half, Half),
        ["Blip"] = new(true, 384, false, ResizeFilter.Bicubic, ClipMean, ClipStd),
    };

    /// <summary>CLIP's channel means.</summary>
    public static IReadOnlyList<double> ClipMean => [0.48145466, 0.4578275, 0.40821073];

    /// <summary>CLIP's channel deviations.</summary>
    public static IReadOnlyList<double> ClipStd => [0.26862954, 0.26130258, 0.27577711];

    private static IReadOnlyList<double> Half => [0.5, 0.5, 0.5];

    /// <summary>The class of a name as files have it (<c>CLIPFeatureExtractor</c>, <c>CLIPImageProcessorFast</c>), or null.</summary>
    public static ImageProcessorClass? Of(string? name)
    {
        foreach (var ending in (string[])["Fast", "ImageProcessor", "FeatureExtractor"])
        {
            name = name is not null && name.EndsWith(ending, StringComparison.Ordinal) ? name[..^ending.Length] : name;
        }

        return name is null ? null : s_known.GetValueOrDefault(name);
    }
}

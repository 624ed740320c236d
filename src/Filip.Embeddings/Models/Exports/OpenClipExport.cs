using Filip.Embeddings.Pictures;

namespace Filip.Embeddings.Models.Exports;

/// <summary>Reads preprocessing out of <c>open_clip_config.json</c>.</summary>
internal static class OpenClipExport
{
    /// <summary>The preprocessing of open_clip's evaluation transform.</summary>
    /// <exception cref="InvalidDataException">The file asks for what cannot be done, or names no size.</exception>
    public static PreprocessingOptions ReadPictures(ExportFile file)
    {
        var pictures = file.Inner("preprocess_cfg");
        var (height, width) = pictures?.Pair("size") ?? file.Inner("model_cfg")?.Inner("vision_cfg")?.Pair("image_size")
            ?? throw file.Refused("neither preprocess_cfg.size nor vision_cfg.image_size is there; give the size of the tower's input");
        if (pictures?.Text("mode") is { } colours and not "RGB")
        {
            throw file.Refused($"preprocess_cfg.mode is '{colours}'; RGB is expected");
        }

        var mode = pictures?.Text("resize_mode") ?? "shortest";
        var std = pictures?.Channels("std") ?? [.. ImageProcessorClass.ClipStd];
        if (!std.All(value => value > 0))
        {
            throw file.Refused($"std is [{string.Join(", ", std)}]; pixels are divided by it, so each value is above 0");
        }

        var options = new PreprocessingOptions
        {
            Width = width,
            Height = height,
            Crop = CropRule.Torchvision,
            Filter = (pictures?.Text("interpolation") ?? "bicubic") switch
            {
                "bicubic" => ResizeFilter.Bicubic,
                "bilinear" => ResizeFilter.Bilinear,
                // Chosen at random in training; evaluation takes bicubic.
                "random" => ResizeFilter.Bicubic,
                var other => throw file.Refused($"interpolation is '{other}'; bicubic, bilinear or random is expected"),
            },
            Mean = pictures?.Channels("mean") ?? [.. ImageProcessorClass.ClipMean],
            Std = std,
        };
        return mode switch
        {
            "squash" => options with { Resize = ResizeMode.Squash },
            "shortest" when height == width => options with { Resize = ResizeMode.Shortest, Shortest = height },
            "shortest" => throw file.Refused($"resize_mode 'shortest' with a size of {height} x {width} is not supported; a square or 'squash' is"),
            "longest" => options with { Resize = ResizeMode.Longest, Fill = Fill(file, pictures) },
            _ => throw file.Refused($"resize_mode is '{mode}'; shortest, longest or squash is expected"),
        };
    }

    private static byte Fill(ExportFile file, ExportFile? pictures) => pictures?.Number("fill_color") switch
    {
        null => 0,
        var value when value >= 0 && value <= 255 && value == Math.Floor(value.Value) => (byte)value,
        var value => throw file.Refused($"fill_color is {value}; 0 to 255 is expected"),
    };
}

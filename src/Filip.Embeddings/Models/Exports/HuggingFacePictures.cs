using System.Text.Json;
using Filip.Embeddings.Pictures;

namespace Filip.Embeddings.Models.Exports;

/// <summary>Reads preprocessing out of transformers' <c>preprocessor_config.json</c>.</summary>
internal static class HuggingFacePictures
{
    // Pillow's numbers.
    private static readonly ResizeFilter[] s_filters =
        [ResizeFilter.Nearest, ResizeFilter.Lanczos, ResizeFilter.Bilinear, ResizeFilter.Bicubic, ResizeFilter.Box, ResizeFilter.Hamming];

    /// <summary>The preprocessing.</summary>
    /// <exception cref="InvalidDataException">The file asks for what cannot be done, or does not say enough.</exception>
    public static PreprocessingOptions Read(ExportFile file)
    {
        var name = file.Text("image_processor_type") ?? file.Text("feature_extractor_type");
        var known = ImageProcessorClass.Of(name);
        RefuseWhatHasNoForm(file, name);
        var (mean, std) = Normalisation(file, name, known);
        var options = Geometry(file, name, known) with
        {
            Filter = Filter(file, name, known),
            Crop = CropRule.HuggingFace,
            Mean = mean,
            Std = std,
        };

        // Without rescaling, mean and deviation are in steps of 255: the same numbers after a division of all by 255.
        return file.Flag("do_rescale", true)
            ? options with { Rescale = file.Number("rescale_factor") ?? 1.0 / 255 }
            : options with { Rescale = 1.0 / 255, Mean = [.. mean.Select(value => value / 255)], Std = [.. std.Select(value => value / 255)] };
    }

    private static void RefuseWhatHasNoForm(ExportFile file, string? name)
    {
        if (file["max_num_patches"] is not null || name is not null && name.StartsWith("Siglip2", StringComparison.Ordinal))
        {
            throw file.Refused("the size depends on the picture (max_num_patches, NaFlex); export the model with one fixed size");
        }

        if (!file.Flag("do_resize", true))
        {
            throw file.Refused("do_resize is false, so there is no size to resize to; a tower takes pictures of one size");
        }

        if (file.Flag("rescale_offset", false))
        {
            throw file.Refused("rescale_offset subtracts 1 after the rescale, which mean and std here do not express; "
                + "write the sum into image_mean and image_std");
        }

        if (file.Flag("do_pad", false))
        {
            throw file.Refused("do_pad is true; padding by transformers' rules is not supported");
        }

        if (file["crop_pct"] is not null)
        {
            throw file.Refused("crop_pct (ConvNeXT's crop) is not supported; give size and crop_size");
        }
    }

    private static PreprocessingOptions Geometry(ExportFile file, string? name, ImageProcessorClass? known)
    {
        var crops = file.Flag("do_center_crop", known?.CenterCrop ?? file["crop_size"] is not null);
        var crop = crops ? Box(file, "crop_size") ?? DefaultBox(file, name, known, "crop_size") : ((int Height, int Width)?)null;
        int? shortest = null;
        (int Height, int Width)? exact = null;
        switch (file["size"])
        {
            case null:
                var side = DefaultBox(file, name, known, "size");
                shortest = known!.Square ? null : side.Height;
                exact = known.Square ? side : null;
                break;
            case { ValueKind: JsonValueKind.Object }:
                var size = file.Inner("size")!;
                exact = Box(file, "size");
                shortest = size.Whole("shortest_edge");
                if (exact is null == shortest is null || size["longest_edge"] is not null)
                {
                    throw file.Refused($"size has {string.Join(", ", size.Members)}; either height and width, or shortest_edge alone, is expected");
                }

                break;
            default:
                var number = file.Whole("size")!.Value;
                shortest = known?.Square ?? !crops ? null : number;
                exact = shortest is null ? (number, number) : null;
                break;
        }

        if (exact is { } box)
        {
            return crop is null || crop == box
                ? new PreprocessingOptions { Width = box.Width, Height = box.Height, Resize = ResizeMode.Squash }
                : throw file.Refused($"size is {box.Height} x {box.Width} and then crop_size {crop.Value.Height} x {crop.Value.Width}: "
                    + "a crop after resizing both sides is not supported; use shortest_edge, or crop_size equal to size");
        }

        if (crop is not { } cut)
        {
            throw file.Refused("size gives the shortest edge and do_center_crop is false, so the size depends on the picture; "
                + "a tower takes pictures of one size");
        }

        return cut.Height <= shortest && cut.Width <= shortest
            ? new PreprocessingOptions { Width = cut.Width, Height = cut.Height, Resize = ResizeMode.Shortest, Shortest = shortest!.Value }
            : throw file.Refused($"crop_size {cut.Height} x {cut.Width} is larger than the shortest edge {shortest}: "
                + "the rest would be black; give a crop that lies inside");
    }

    private static (int Height, int Width)? Box(ExportFile file, string member)
    {
        if (file.Inner(member) is not { } box)
        {
            return file.Pair(member);
        }

        return (box.Whole("height"), box.Whole("width")) switch
        {
            (null, null) => null,
            ({ } height, { } width) => (height, width),
            _ => throw file.Refused($"{member} has one of height and width; both are expected"),
        };
    }

    private static (int Height, int Width) DefaultBox(ExportFile file, string? name, ImageProcessorClass? known, string member) =>
        known is null ? throw Unsaid(file, name, member) : (known.Side, known.Side);

    private static ResizeFilter Filter(ExportFile file, string? name, ImageProcessorClass? known) => file.Number("resample") switch
    {
        null => known?.Filter ?? throw Unsaid(file, name, "resample"),
        var number when number >= 0 && number < s_filters.Length && number == Math.Floor(number.Value) => s_filters[(int)number],
        var number => throw file.Refused($"resample is {number}, which is no filter; 0 nearest, 1 lanczos, 2 bilinear, 3 bicubic, 4 box, 5 hamming"),
    };

    private static (double[] Mean, double[] Std) Normalisation(ExportFile file, string? name, ImageProcessorClass? known)
    {
        if (!file.Flag("do_normalize", true))
        {
            return ([0, 0, 0], [1, 1, 1]);
        }

        var mean = file.Channels("image_mean") ?? known?.Mean.ToArray() ?? throw Unsaid(file, name, "image_mean");
        var std = file.Channels("image_std") ?? known?.Std.ToArray() ?? throw Unsaid(file, name, "image_std");
        return std.All(value => value > 0)
            ? (mean, std)
            : throw file.Refused($"image_std is [{string.Join(", ", std)}]; pixels are divided by it, so each value is above 0");
    }

    private static InvalidDataException Unsaid(ExportFile file, string? name, string member) => file.Refused(
        $"{member} is missing, and the defaults of {(name is null ? "a processor without a name" : $"'{name}'")} are not known here; write {member} into the file");
}

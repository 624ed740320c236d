using Filip.Embeddings.Pictures;

namespace Filip.Embeddings.Models.Exports;

/// <summary>What an export's configuration files say, or why a part of them cannot be followed.</summary>
/// <param name="Preprocessing">How pictures are prepared; null where no file says it or it is refused.</param>
/// <param name="ImageRefusal">Why preprocessing cannot be followed, one sentence.</param>
/// <param name="Text">How texts are tokenized; null where no file says it or it is refused.</param>
/// <param name="TextRefusal">Why tokenizing cannot be followed, one sentence.</param>
/// <param name="Grid">Rows and columns of the patch grid, where a patch size is given that divides the picture.</param>
internal sealed record ExportConfiguration(
    PreprocessingOptions? Preprocessing, string? ImageRefusal, ExportText? Text, string? TextRefusal, IReadOnlyList<int>? Grid)
{
    /// <summary>Reads <c>preprocessor_config.json</c>, <c>processor_config.json</c>, <c>open_clip_config.json</c>, <c>tokenizer_config.json</c> and <c>config.json</c>, those that are there.</summary>
    public static ExportConfiguration Read(string folder)
    {
        ExportFile? openClip = null;
        var (preprocessing, imageRefusal) = Attempt(() =>
        {
            openClip = ExportFile.Read(folder, "open_clip_config.json");
            var file = ExportFile.Read(folder, "preprocessor_config.json")
                ?? ExportFile.Read(folder, "processor_config.json")?.Inner("image_processor");
            return file is not null ? HuggingFacePictures.Read(file)
                : openClip is not null ? OpenClipExport.ReadPictures(openClip)
                : null;
        });
        var (text, textRefusal) = Attempt(() => ExportText.Read(folder, openClip));
        var (grid, _) = Attempt(() => preprocessing is null ? null : GridOf(folder, openClip, preprocessing));
        return new(preprocessing, imageRefusal, text, textRefusal, grid);
    }

    private static IReadOnlyList<int>? GridOf(string folder, ExportFile? openClip, PreprocessingOptions pictures)
    {
        var patch = ExportFile.Read(folder, "config.json")?.Inner("vision_config")?.Pair("patch_size")
            ?? openClip?.Inner("model_cfg")?.Inner("vision_cfg")?.Pair("patch_size");
        return patch is ({ } height, { } width) && pictures.Height % height == 0 && pictures.Width % width == 0
            ? [pictures.Height / height, pictures.Width / width]
            : null;
    }

    // A refused part is told apart from a missing one: init may be given it by option, and says why where it is not.
    private static (T? Part, string? Refusal) Attempt<T>(Func<T?> read)
        where T : class
    {
        try
        {
            return (read(), null);
        }
        catch (InvalidDataException refusal)
        {
            return (null, refusal.Message);
        }
    }
}

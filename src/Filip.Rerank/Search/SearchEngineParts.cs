using Filip.Embeddings;
using Filip.Embeddings.Pictures;
using Filip.Recall;
using Filip.Rerank.Patches;

namespace Filip.Rerank.Search;

/// <summary>What a <see cref="SearchEngine"/> is put together from. The engine owns none of it: whoever opened a part closes it.</summary>
public sealed record SearchEngineParts
{
    /// <summary>The text tower.</summary>
    public required ITextEncoder TextEncoder { get; init; }

    /// <summary>Stage one.</summary>
    public required ICandidateSource CandidateSource { get; init; }

    /// <summary>Where stage two finds patch records.</summary>
    public required IPatchStore PatchStore { get; init; }

    /// <summary>What the running model would stamp; compared with the index's stamp, and with every new generation's.</summary>
    public required IndexStamp RunningStamp { get; init; }

    /// <summary>The image tower, for search by picture; null where there is none.</summary>
    public IImageEncoder? ImageEncoder { get; init; }

    /// <summary>How a picture becomes the image tower's input; needed with <see cref="ImageEncoder"/> and for boxes in explanations.</summary>
    public PreprocessingOptions? Preprocessing { get; init; }

    /// <summary>Cells across of the patch grid; 0 where the model has none.</summary>
    public int GridWidth { get; init; }

    /// <summary>Cells down of the patch grid; 0 where the model has none.</summary>
    public int GridHeight { get; init; }

    /// <summary>Prompt templates with <c>{}</c> for the text, scores averaged; none takes the text as it is.</summary>
    public IReadOnlyList<string> Templates { get; init; } = [];

    /// <summary>Limits and defaults.</summary>
    public SearchOptions Options { get; init; } = new();

    /// <summary>The clock deadlines are measured by.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}

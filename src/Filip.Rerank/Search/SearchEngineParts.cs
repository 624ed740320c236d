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

    /// <summary>What makes pictures into the image tower's input; needed with <see cref="ImageEncoder"/> and for boxes in explanations.</summary>
    public PicturePreprocessor? Preprocessor { get; init; }

    /// <summary>Most tokens of a text; a query that long has no padding, which <c>zero-pad-i2t</c> asks. 0 where unknown.</summary>
    public int TextContext { get; init; }

    /// <summary>Whether records' checksums are verified before they are scored; false where the store does it on fetch.</summary>
    public bool VerifyRecords { get; init; } = true;

    /// <summary>Prompt templates with <c>{}</c> for the text, scores averaged; none takes the text as it is.</summary>
    public IReadOnlyList<string> Templates { get; init; } = [];

    /// <summary>Limits and defaults.</summary>
    public SearchOptions Options { get; init; } = new();

    /// <summary>The clock deadlines are measured by.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}

using Filip.Embeddings.Pictures;
using Filip.Embeddings.Tokenizers;

namespace Filip.Embeddings.Models;

/// <summary>What <see cref="ModelInit"/> is told beside the export's own files; null leaves it to them.</summary>
public sealed record ModelInitOptions
{
    /// <summary>The model's name.</summary>
    /// <value>Null takes the folder's name.</value>
    public string? Id { get; init; }

    /// <summary>Terms the model comes under.</summary>
    /// <value>The default says that nobody said.</value>
    public string Licence { get; init; } = "unknown (ask the model's maker)";

    /// <summary>Name of the scoring contract.</summary>
    /// <value>The default is <see cref="ScoringContracts.Default"/>.</value>
    public string Scoring { get; init; } = ScoringContracts.Default;

    /// <summary>Prompt templates.</summary>
    public IReadOnlyList<string> Templates { get; init; } = [];

    /// <summary>Whether start and end token are query tokens as words are.</summary>
    /// <value>The default is true.</value>
    public bool CountSpecialTokens { get; init; } = true;

    /// <summary>Preprocessing, where no configuration file says it.</summary>
    public PreprocessingOptions? Preprocessing { get; init; }

    /// <summary>The tokenizer, where no configuration file says it.</summary>
    public TokenizerOptions? Tokenizer { get; init; }

    /// <summary>Most tokens of a text, where no configuration file says it.</summary>
    public int? Context { get; init; }

    /// <summary>Where pooled vectors come from.</summary>
    /// <value>Null takes the towers' pooled outputs, and the mean of the rows where neither has one.</value>
    public PoolingSource? Pooling { get; init; }

    /// <summary>Text of the known input; it should hold words of the vocabulary.</summary>
    public string GoldenText { get; init; } = GoldenPattern.Text;

    /// <summary>Whether a manifest that is there already is replaced.</summary>
    /// <value>The default is true: hashes and known answers are written anew.</value>
    public bool Replace { get; init; } = true;
}

using System.Text.Json.Serialization;

namespace Filip.Embeddings.Models;

/// <summary>What <c>model.json</c> says: everything that turns two ONNX files into comparable vectors.</summary>
/// <remarks>Read by <see cref="ManifestFile"/>, which validates it; written by <see cref="ModelInit"/>.</remarks>
public sealed record ModelManifest
{
    /// <summary>The format this build reads and writes.</summary>
    public const int CurrentFormat = 1;

    /// <summary>The manifest's name in the model folder.</summary>
    public const string FileName = "model.json";

    /// <summary>Version of the manifest's own format.</summary>
    public required int Format { get; init; }

    /// <summary>The model's name, for people.</summary>
    public required string Id { get; init; }

    /// <summary>Terms the model comes under, for people.</summary>
    public required string Licence { get; init; }

    /// <summary>The image tower.</summary>
    public required ImageTowerFacts Image { get; init; }

    /// <summary>The text tower.</summary>
    public required TextTowerFacts Text { get; init; }

    /// <summary>Where the pooled vectors of both towers come from.</summary>
    public required PoolingSource Pooling { get; init; }

    /// <summary>Values in a pooled vector, the same for both towers.</summary>
    public required int PooledDimension { get; init; }

    /// <summary>Name of the scoring contract, one of <see cref="ScoringContracts.Names"/>.</summary>
    public required string Scoring { get; init; }

    /// <summary>Prompt templates with <c>{}</c> where the query goes; none means the query as it is.</summary>
    public IReadOnlyList<string> Templates { get; init; } = [];

    /// <summary>SHA-256 of every file the model needs, lower-case hexadecimal, by its path in the folder.</summary>
    public required IReadOnlyDictionary<string, string> Sha256 { get; init; }

    /// <summary>What the towers must answer to known inputs; looked at whenever a tower is opened.</summary>
    public GoldenFacts? Golden { get; init; }

    /// <summary>Values in a patch or token row.</summary>
    [JsonIgnore]
    public int PatchDimension => Image.Dimension;
}

/// <summary>The image tower's part of the manifest.</summary>
public sealed record ImageTowerFacts
{
    /// <summary>The ONNX file.</summary>
    public required string File { get; init; }

    /// <summary>Name of the pixel input, float32 <c>[n, 3, height, width]</c>.</summary>
    public required string Input { get; init; }

    /// <summary>Name of the output with patch rows, <c>[n, leading tokens + rows, dimension]</c>.</summary>
    public required string PatchesOutput { get; init; }

    /// <summary>Name of the pooled output, <c>[n, pooled dimension]</c>; null where the patches' mean is taken.</summary>
    public string? PooledOutput { get; init; }

    /// <summary>The ONNX file that gives the pooled output where pooling is separate; it takes the same input.</summary>
    public string? PooledFile { get; init; }

    /// <summary>How a picture becomes the input.</summary>
    public required Pictures.PreprocessingOptions Preprocessing { get; init; }

    /// <summary>Rows of a picture after the leading tokens are dropped.</summary>
    public required int Rows { get; init; }

    /// <summary>Values in a row.</summary>
    public required int Dimension { get; init; }

    /// <summary>Rows and columns of the patch grid, row-major; null where the rows stand for no place in the picture.</summary>
    public IReadOnlyList<int>? Grid { get; init; }

    /// <summary>Leading rows that are no patches (class token, registers) and are dropped.</summary>
    public int LeadingTokens { get; init; }

    /// <summary>Whether rows leave the tower with length 1; where not, they are brought to it.</summary>
    public required bool RowsUnitLength { get; init; }
}

/// <summary>The text tower's part of the manifest.</summary>
public sealed record TextTowerFacts
{
    /// <summary>The ONNX file.</summary>
    public required string File { get; init; }

    /// <summary>Name of the id input, int32 or int64 <c>[n, t]</c>.</summary>
    public required string IdsInput { get; init; }

    /// <summary>Name of the mask input (1 for real tokens); null where the tower takes none.</summary>
    public string? MaskInput { get; init; }

    /// <summary>Name of the segment input, filled with 0 (BERT's <c>token_type_ids</c>); null where the tower takes none.</summary>
    public string? SegmentInput { get; init; }

    /// <summary>Name of the output with token rows, <c>[n, t, dimension]</c>.</summary>
    public required string TokensOutput { get; init; }

    /// <summary>Name of the pooled output, <c>[n, pooled dimension]</c>; null where the tokens' mean is taken.</summary>
    public string? PooledOutput { get; init; }

    /// <summary>The ONNX file that gives the pooled output where pooling is separate; it takes the same inputs.</summary>
    public string? PooledFile { get; init; }

    /// <summary>Most tokens of a text, start and end token included.</summary>
    public required int Context { get; init; }

    /// <summary>Whether the tower takes exactly <see cref="Context"/> ids, so that shorter texts are padded.</summary>
    public bool FixedLength { get; init; }

    /// <summary>The tokenizer and its files.</summary>
    public required Tokenizers.TokenizerOptions Tokenizer { get; init; }

    /// <summary>Whether start and end token are query tokens as words are.</summary>
    /// <value>The default is true.</value>
    public bool CountSpecialTokens { get; init; } = true;

    /// <summary>Whether rows of real tokens leave the tower with length 1; where not, they are brought to it.</summary>
    public required bool RowsUnitLength { get; init; }
}

/// <summary>Where pooled vectors come from.</summary>
public enum PoolingSource
{
    /// <summary>An output of each tower.</summary>
    ModelOutput,

    /// <summary>The mean of a picture's patches, and of a text's tokens.</summary>
    MeanOfPatches,

    /// <summary>An output of another ONNX file that takes the same inputs.</summary>
    Separate,
}

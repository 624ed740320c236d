using System.Text.Json.Serialization;

namespace Filip.Embeddings.Tokenizers;

/// <summary>Which tokenizer a model was trained with, and where its files lie; part of the model folder's manifest.</summary>
/// <remarks>
/// File names are relative to the model folder. Token strings left null take the kind's customary names
/// (<see cref="SpecialTokens"/>), or what <c>tokenizer.json</c> itself says.
/// </remarks>
public sealed record TokenizerOptions
{
    /// <summary>The family of tokenizer.</summary>
    public required TokenizerKind Kind { get; init; }

    /// <summary>A Hugging Face <c>tokenizer.json</c>: holds everything, so no other file and no flag below is read.</summary>
    /// <value>Null where the tokenizer is given by <see cref="Vocabulary"/> (and <see cref="Merges"/>).</value>
    public string? TokenizerJson { get; init; }

    /// <summary><c>vocab.json</c> for clip-bpe; <c>vocab.txt</c>, one entry a line, for wordpiece and words.</summary>
    public string? Vocabulary { get; init; }

    /// <summary><c>merges.txt</c>, for clip-bpe beside <see cref="Vocabulary"/>.</summary>
    public string? Merges { get; init; }

    /// <summary>Wordpiece from <c>vocab.txt</c>: whether text is lower-cased; the other kinds always are.</summary>
    /// <value>The default is true.</value>
    public bool LowerCase { get; init; } = true;

    /// <summary>Wordpiece from <c>vocab.txt</c>: whether accents are taken off; null follows <see cref="LowerCase"/>.</summary>
    public bool? StripAccents { get; init; }

    /// <summary>Wordpiece from <c>vocab.txt</c>: whether each Chinese character is a word of its own.</summary>
    /// <value>The default is true.</value>
    public bool ChineseChars { get; init; } = true;

    /// <summary>The token put first ([CLS] in BERT's words).</summary>
    public string? Bos { get; init; }

    /// <summary>The token put last ([SEP] in BERT's words); truncation keeps it.</summary>
    public string? Eos { get; init; }

    /// <summary>The token that fills a fixed length; any entry of the vocabulary (original CLIP fills with its entry 0, "!").</summary>
    public string? Pad { get; init; }

    /// <summary>The token for what the vocabulary does not have.</summary>
    public string? Unk { get; init; }
}

/// <summary>The families of tokenizer.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TokenizerKind>))]
public enum TokenizerKind
{
    /// <summary>CLIP's byte-level pair encoding, as Hugging Face's CLIPTokenizerFast.</summary>
    [JsonStringEnumMemberName("clip-bpe")]
    ClipBpe,

    /// <summary>BERT's word pieces, as Hugging Face's BertTokenizerFast.</summary>
    [JsonStringEnumMemberName("wordpiece")]
    WordPiece,

    /// <summary>Whole words: lower-cased maximal runs of letters and digits.</summary>
    [JsonStringEnumMemberName("words")]
    Words,
}

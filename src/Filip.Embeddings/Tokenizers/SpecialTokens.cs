namespace Filip.Embeddings.Tokenizers;

/// <summary>The names of a tokenizer's special tokens.</summary>
/// <param name="Bos">Put first.</param>
/// <param name="Eos">Put last.</param>
/// <param name="Pad">Fills a fixed length.</param>
/// <param name="Unk">Stands for what the vocabulary does not have.</param>
public sealed record SpecialTokens(string Bos, string Eos, string Pad, string Unk)
{
    /// <summary>The names that models of a kind customarily use.</summary>
    public static SpecialTokens CustomaryFor(TokenizerKind kind) => kind switch
    {
        TokenizerKind.ClipBpe => new("<|startoftext|>", "<|endoftext|>", "<|endoftext|>", "<|endoftext|>"),
        TokenizerKind.WordPiece => new("[CLS]", "[SEP]", "[PAD]", "[UNK]"),
        TokenizerKind.Words => new("[BOS]", "[EOS]", "[PAD]", "[UNK]"),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind of tokenizer."),
    };

    /// <summary>The customary names, but for those that the options name themselves.</summary>
    internal static SpecialTokens For(TokenizerOptions options)
    {
        var customary = CustomaryFor(options.Kind);
        return new(
            options.Bos ?? customary.Bos,
            options.Eos ?? customary.Eos,
            options.Pad ?? customary.Pad,
            options.Unk ?? customary.Unk);
    }
}

using Filip.Embeddings.Tokenizers;

namespace Filip.Embeddings.Models.Exports;

/// <summary>Finds a tokenizer's files in an export's folder.</summary>
internal static class TokenizerFiles
{
    /// <summary>The options with files named, and with the padding token that fits.</summary>
    /// <exception cref="InvalidDataException">The files that the kind needs are not there.</exception>
    public static TokenizerOptions Attach(string folder, ExportText text)
    {
        var options = WithFiles(folder, text.Tokenizer);
        return text.PadsWithEntryZero ? options with { Pad = EntryZero(folder, options) } : options;
    }

    private static TokenizerOptions WithFiles(string folder, TokenizerOptions options)
    {
        if (options.TokenizerJson is not null || options.Vocabulary is not null)
        {
            return options;
        }

        bool Has(string name) => File.Exists(Path.Combine(folder, name));
        switch (options.Kind)
        {
            case not TokenizerKind.Words when Has("tokenizer.json"):
                return options with { TokenizerJson = "tokenizer.json" };
            case TokenizerKind.ClipBpe when Has("vocab.json") && Has("merges.txt"):
                return options with { Vocabulary = "vocab.json", Merges = "merges.txt" };
            case TokenizerKind.WordPiece or TokenizerKind.Words when Has("vocab.txt"):
                return options with { Vocabulary = "vocab.txt" };
            default:
                var expected = options.Kind switch
                {
                    TokenizerKind.ClipBpe => "tokenizer.json, or vocab.json with merges.txt",
                    TokenizerKind.WordPiece => "tokenizer.json, or vocab.txt",
                    _ => "vocab.txt",
                };
                throw new InvalidDataException(
                    $"The tokenizer's files are not in the folder: expected {expected}. Copy them from where the model was trained or published.");
        }
    }

    // open_clip fills a fixed length with 0, whatever stands there in the vocabulary ("!" in CLIP's own).
    private static string? EntryZero(string folder, TokenizerOptions options)
    {
        var vocabulary = options.Vocabulary is { } name
            ? ExportFile.Read(folder, name)
            : ExportFile.Read(folder, options.TokenizerJson!)?.Inner("model")?.Inner("vocab");
        return vocabulary?.Members.FirstOrDefault(token => vocabulary[token] is { } id && id.TryGetInt32(out var number) && number == 0);
    }
}

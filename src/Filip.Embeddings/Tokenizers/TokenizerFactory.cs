namespace Filip.Embeddings.Tokenizers;

/// <summary>Builds the tokenizer that a model folder's manifest names.</summary>
public static class TokenizerFactory
{
    /// <summary>Reads the files and builds the tokenizer; it may then be used by any number of threads.</summary>
    /// <param name="options">What the manifest says.</param>
    /// <param name="folder">The model folder, which the options' file names are relative to.</param>
    /// <exception cref="ArgumentException">The options name too few files, too many, or one outside the folder.</exception>
    /// <exception cref="FileNotFoundException">A named file is not there.</exception>
    /// <exception cref="InvalidDataException">A file is broken, or asks for what no tokenizer here does; the message says file, line and what was expected.</exception>
    public static Tokenizer Load(TokenizerOptions options, string folder)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var specials = SpecialTokens.For(options);
        return (options.Kind, options.TokenizerJson, options.Vocabulary, options.Merges) switch
        {
            (TokenizerKind.ClipBpe, { } json, null, null) =>
                ClipBpeTokenizer.FromTokenizerJson(Existing(folder, json), options),
            (TokenizerKind.ClipBpe, null, { } vocabulary, { } merges) =>
                ClipBpeTokenizer.FromVocabulary(Existing(folder, vocabulary), Existing(folder, merges), specials),
            (TokenizerKind.ClipBpe, _, _, _) =>
                throw Files(options, "tokenizerJson alone, or vocabulary (vocab.json) and merges (merges.txt)"),
            (TokenizerKind.WordPiece, { } json, null, null) =>
                WordPieceTokenizer.FromTokenizerJson(Existing(folder, json), options),
            (TokenizerKind.WordPiece, null, { } vocabulary, null) =>
                WordPieceTokenizer.FromVocabulary(Existing(folder, vocabulary), options),
            (TokenizerKind.WordPiece, _, _, _) =>
                throw Files(options, "tokenizerJson alone, or vocabulary (vocab.txt) alone"),
            (_, null, { } vocabulary, null) =>
                WordsTokenizer.FromVocabulary(Existing(folder, vocabulary), specials),
            _ => throw Files(options, "vocabulary (one word a line) alone"),
        };
    }

    private static string Existing(string folder, string name)
    {
        var root = Path.GetFullPath(folder);
        var path = Path.GetFullPath(Path.Combine(root, name));
        if (Path.IsPathRooted(name) || !path.StartsWith(Path.TrimEndingDirectorySeparator(root) + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"The tokenizer's file '{name}' lies outside the model folder '{folder}'; name a file inside it.", nameof(name));
        }

        return File.Exists(path)
            ? path
            : throw new FileNotFoundException($"The tokenizer's file '{name}' is not in the model folder '{folder}'.", path);
    }

    private static ArgumentException Files(TokenizerOptions options, string expected)
    {
        var named = new[]
        {
            options.TokenizerJson is null ? null : "tokenizerJson",
            options.Vocabulary is null ? null : "vocabulary",
            options.Merges is null ? null : "merges",
        };
        var found = string.Join(", ", named.OfType<string>());
        return new ArgumentException(
            $"The tokenizer names {(found.Length > 0 ? found : "no file")}; a {options.Kind} tokenizer wants {expected}.",
            nameof(options));
    }
}

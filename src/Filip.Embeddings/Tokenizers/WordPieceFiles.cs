using System.Text.Json;

namespace Filip.Embeddings.Tokenizers;

/// <summary>What a BERT tokenizer's files say.</summary>
internal sealed record WordPieceFiles(Vocabulary Vocabulary, WordPieces Pieces, BertNormalizer Normalizer)
{
    private const string Prefix = "##";
    private const string Mask = "[MASK]";
    private const int MostCharacters = 100;

    /// <summary>Reads <c>vocab.txt</c>.</summary>
    public static WordPieceFiles Read(string path, TokenizerOptions options)
    {
        var specials = SpecialTokens.For(options);
        var entries = VocabularyLines.ReadVocabulary(path);
        var added = new[] { specials.Pad, specials.Unk, specials.Bos, specials.Eos, Mask }
            .Distinct()
            .Where(entries.ContainsKey)
            .Select(token => new AddedToken(entries[token], token, Normalized: false))
            .ToList();
        var vocabulary = new Vocabulary(entries, added, specials, Readable(Prefix), path);
        int unknown = vocabulary.Unk ?? throw NoUnknown(path, specials.Unk);
        return new WordPieceFiles(
            vocabulary,
            new WordPieces(entries, Prefix, unknown, MostCharacters),
            new BertNormalizer(
                CleansText: true,
                options.ChineseChars,
                options.StripAccents ?? options.LowerCase,
                options.LowerCase));
    }

    /// <summary>Reads <c>tokenizer.json</c>, and refuses one that asks for what is not done here.</summary>
    public static WordPieceFiles ReadTokenizerJson(string path, TokenizerOptions options)
    {
        using var file = JsonFile.Read(path);
        var json = new TokenizerJson(file);
        var model = json.Model("WordPiece");
        var prefix = file.Text(model, "continuing_subword_prefix") ?? Prefix;
        int most = JsonFile.Optional(model, "max_input_chars_per_word") is { } number
            ? file.Id(number, "max_input_chars_per_word")
            : MostCharacters;
        var entries = file.Vocabulary(file.Member(model, "vocab", JsonValueKind.Object));
        var specials = json.Specials(options, SpecialTokens.CustomaryFor(TokenizerKind.WordPiece).Pad, file.Text(model, "unk_token") ?? "[UNK]");
        var vocabulary = new Vocabulary(entries, json.AddedTokens(), specials, Readable(prefix), path);
        int unknown = vocabulary.Unk ?? throw NoUnknown(path, specials.Unk);
        var splitter = json.Steps("pre_tokenizer", "pretokenizers");
        if (splitter.Count != 1 || file.Text(splitter[0], "type") != "BertPreTokenizer")
        {
            throw file.Broken("the pre_tokenizer is no BertPreTokenizer, which is the only one done here for word pieces");
        }

        return new WordPieceFiles(vocabulary, new WordPieces(entries, prefix, unknown, most), ReadNormalizer(file, json));
    }

    private static BertNormalizer ReadNormalizer(JsonFile file, TokenizerJson json)
    {
        var steps = json.Steps("normalizer", "normalizers");
        if (steps.Count != 1 || file.Text(steps[0], "type") != "BertNormalizer")
        {
            throw file.Broken("the normalizer is no BertNormalizer, which is the only one done here for word pieces");
        }

        bool lowerCases = file.Flag(steps[0], "lowercase", otherwise: true);
        return new BertNormalizer(
            file.Flag(steps[0], "clean_text", otherwise: true),
            file.Flag(steps[0], "handle_chinese_chars", otherwise: true),
            file.Flag(steps[0], "strip_accents", otherwise: lowerCases),
            lowerCases);
    }

    private static InvalidDataException NoUnknown(string path, string token) => new(
        $"{path} has no '{token}', which is to stand for unknown words; name the right one in the model's manifest.");

    private static Func<string, string> Readable(string prefix) => entry =>
        entry.Length > prefix.Length && entry.StartsWith(prefix, StringComparison.Ordinal) ? entry[prefix.Length..] : entry;
}

using CsCheck;
using Filip.Embeddings.Tokenizers;
using Filip.Testing;

namespace Filip.Embeddings.Tests.Tokenizers;

/// <summary>One tokenizer of each kind, from files that every clone has, and texts that are hard on them.</summary>
internal static class GoldenTokenizers
{
    private static readonly Dictionary<TokenizerKind, Tokenizer> s_byKind = new()
    {
        [TokenizerKind.ClipBpe] = ClipBpeTokenizer.FromTokenizerJson(ClipFile("tokenizer.json")),
        [TokenizerKind.WordPiece] = WordPieceTokenizer.FromVocabulary(CasedVocabulary),
        [TokenizerKind.Words] = WordsTokenizer.FromVocabulary(WordsVocabulary),
    };

    /// <summary>Pieces of text that broke tokenizers before.</summary>
    private static readonly string[] s_hard =
    [
        "<|startoftext|>", "<|endoftext|>", "<|ENDOFTEXT|>", "[CLS]", "[UNK]", "[mask]", "[EOS]", "'s", "'LL", "''ve", "'",
        " ", "\u00a0", "\u2003", "\u0085", "\u001c", "\n", "\0", "\uffff", "\ufffd", "\ufeff", "\u200b", "\ud800", "\udc00",
        "\U0001fffe", "\U000e0041", "\U0010ffff", "##ing", "3\u00bd\u2167\u0663", "\u4e2d", "\U00020000", "\U0002b820",
        "\u1100\u1161\u11a8", "\uac00\u11a7", "\uac01", "e\u0301\u0323", "\u0344", "\ufb1e", "\u0130", "\u03a3", "a\u03a3",
        "\u1e9e", "\u00df", "\ufb01", "\U0001f468\u200d\U0001f469", "cat", "Umbrella", "a-b_c",
    ];

    public static string CasedVocabulary => GoldenFiles.Require("tokenizers", "wordpiece", "vocab-cased.txt");

    public static string WordsVocabulary => GoldenFiles.Require("tokenizers", "words", "vocab.txt");

    public static string ClipFile(string name) => GoldenFiles.Require("tokenizers", "clip-bpe", "small", name);

    public static Tokenizer Of(TokenizerKind kind) => s_byKind[kind];

    /// <summary>How many random texts a property tries.</summary>
    public static int FuzzCount =>
        int.TryParse(Environment.GetEnvironmentVariable("FILIP_FUZZ"), out int count) ? count : 500;

    /// <summary>Texts of hard pieces, plain words and any UTF-16 at all.</summary>
    public static Gen<string> Texts { get; } = Gen.OneOf(
            Gen.Int[0, s_hard.Length - 1].Select(i => s_hard[i]),
            Gen.String[Gen.Char['a', 'z'], 1, 9],
            Gen.String[Gen.Char['\0', '\u3000'], 1, 4],
            Gen.String[Gen.Char, 1, 4],
            Gen.Const(" "))
        .Array[0, 40].Select(string.Concat);
}

using System.Text;
using CsCheck;
using Filip.Embeddings.Tokenizers;
using Filip.Embeddings.Tokenizers.Unicode;

namespace Filip.Embeddings.Tests.Tokenizers;

/// <summary>What tokens are called and which word they belong to, and single rules that goldens seldom touch.</summary>
public sealed class TokenTextTests
{
    private const int NoLimit = 1_000_000;

    [Theory]
    [InlineData(TokenizerKind.ClipBpe)]
    [InlineData(TokenizerKind.Words)]
    public void Pieces_of_a_word_read_as_the_word(TokenizerKind kind)
    {
        var tokenizer = GoldenTokenizers.Of(kind);
        var entries = File.ReadAllLines(GoldenTokenizers.WordsVocabulary).Where(entry => !entry.StartsWith('[')).ToArray();
        var word = kind == TokenizerKind.Words ? Gen.Int[0, entries.Length - 1].Select(i => entries[i]) : Gen.String[Gen.Char['a', 'z'], 1, 12];
        word.Array[0, 12].Sample(
            words =>
            {
                var found = tokenizer.Encode(string.Join(' ', words), NoLimit).Labels
                    .Where(label => label.Word >= 0)
                    .GroupBy(label => label.Word)
                    .OrderBy(group => group.Key)
                    .Select(group => string.Concat(group.Select(label => label.Text)));
                Assert.Equal(words, found);
            },
            iter: GoldenTokenizers.FuzzCount);
    }

    [Fact]
    public void Wordpieces_read_without_their_prefix()
    {
        using var folder = new ScratchFolder();
        var path = folder.Write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nhand\n##held\n##s\n,\n##\n");
        var labels = WordPieceTokenizer.FromVocabulary(path).Encode("Handhelds, [MASK] nothing", 16).Labels;
        Assert.Equal(
            [
                new(2, "[CLS]", -1), new(5, "hand", 0), new(6, "held", 0), new(7, "s", 0), new(8, ",", 1),
                new(4, "[MASK]", -1), new(1, "[UNK]", 2), new(3, "[SEP]", -1),
            ],
            labels);
    }

    [Fact]
    public void A_special_token_in_a_text_becomes_its_id_and_is_no_word()
    {
        var clip = GoldenTokenizers.Of(TokenizerKind.ClipBpe);
        int bos = clip.Encode(string.Empty, 2).Labels[0].Id;
        int eos = clip.Encode(string.Empty, 2).Labels[1].Id;
        Assert.Equal([bos, eos, bos, eos], clip.Encode("<|EndOfText|> <|startoftext|>", 8).Ids);
        Assert.True(clip.Encode("<|endoftext|>", 8).IsEmpty);
        Assert.False(clip.Encode("<|endoftext|>!", 8).IsEmpty);
        Assert.False(GoldenTokenizers.Of(TokenizerKind.Words).Encode("[EOS]", 8).IsEmpty);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \t\n")]
    [InlineData("\u00a0\u3000\u2003")]
    public void Blank_text_is_empty(string text) => Assert.All(
        Enum.GetValues<TokenizerKind>(), kind => Assert.True(GoldenTokenizers.Of(kind).Encode(text, 8).IsEmpty));

    [Theory]
    [InlineData("e\u0301", "\u00e9")]
    [InlineData("a\u0307\u0323", "\u1ea1\u0307")]           // marks change places, then compose
    [InlineData("\u1100\u1161\u11a8", "\uac01")]
    [InlineData("\uac00\u11a7", "\uac00\u11a7")]            // U+11A7 is no tail
    [InlineData("\u0344", "\u0308\u0301")]
    [InlineData("\u0958", "\u0915\u093c")]                  // kept apart by the exclusions
    [InlineData("\u212b", "\u00c5")]
    [InlineData("\u08d3\u0301", "\u08d3\u0301")]            // a mark of Unicode 11: no mark yet in these tables
    [InlineData("a\u08d3\u0301", "a\u08d3\u0301")]
    [InlineData("\uffff\ud834\udd5e", "\uffff\ud834\udd57\ud834\udd65")]
    public void Text_is_composed_by_the_reference_s_tables(string text, string composed)
    {
        var scalars = Scalars.Of(text);
        CanonicalForms.Compose(scalars);
        Assert.Equal(Scalars.Of(composed), scalars);
    }

    [Fact]
    public void A_long_run_of_marks_keeps_the_order_within_a_class()
    {
        var text = new List<int> { 'a' };
        for (int i = 0; i < 50_000; i++)
        {
            text.AddRange([0x302, 0x325, 0x303, 0x316]);    // classes 230, 220, 230, 220
        }

        CanonicalForms.Decompose(text);
        Assert.Equal([0x325, 0x316, 0x325], text.Skip(1).Take(3));
        Assert.Equal([0x316, 0x302, 0x303, 0x302], text.Skip(100_000).Take(4));
    }

    [Fact]
    public void A_million_characters_end_soon()
    {
        var clip = GoldenTokenizers.Of(TokenizerKind.ClipBpe);
        Assert.True(clip.Encode(new string('a', 1_000_000), 77).Truncated);
        Assert.True(clip.Encode(string.Concat(Enumerable.Repeat("some words ", 90_000)), 77).Truncated);
        var long_ = GoldenTokenizers.Of(TokenizerKind.WordPiece).Encode(new string('a', 1_000_000), 32);
        Assert.Equal(3, long_.Labels.Count);        // over 100 characters: one unknown word
    }

    [Fact]
    public void Words_are_python_s_runs()
    {
        // Each run of the goldens gets an id of its own, so that an unknown word hides no wrong run.
        var lines = GoldenText.Lines("tokenizers", "words", "strings.jsonl")
            .Where(line => !line.TryGetProperty("unassigned", out _))
            .Select(line => (
                Text: line.GetProperty("text").GetString()!,
                Words: line.GetProperty("words").EnumerateArray().Select(word => word.GetString()!).ToArray()))
            .ToList();
        using var folder = new ScratchFolder();
        string[] entries = ["[PAD]", "[BOS]", "[EOS]", "[UNK]", .. lines.SelectMany(line => line.Words).Distinct(StringComparer.Ordinal)];
        var tokenizer = WordsTokenizer.FromVocabulary(folder.Write("vocab.txt", string.Join('\n', entries)));
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.Equal(
            line.Words, tokenizer.Encode(line.Text, NoLimit).Labels.Skip(1).SkipLast(1).Select(label => label.Text)));
    }

    [Fact]
    public void White_space_is_what_unicode_says() => Assert.Equal(
        Enumerable.Range(0, 0x110000).Where(point => Rune.IsValid(point) && Rune.IsWhiteSpace(new Rune(point))),
        Enumerable.Range(0, 0x110000).Where(CodePointSet.WhiteSpace.Contains));
}

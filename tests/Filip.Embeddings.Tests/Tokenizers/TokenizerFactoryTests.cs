using System.Text.Json;
using Filip.Embeddings.Tokenizers;
using Filip.Testing;

namespace Filip.Embeddings.Tests.Tokenizers;

/// <summary>From the manifest's words to a tokenizer.</summary>
public sealed class TokenizerFactoryTests
{
    [Fact]
    public void The_demo_model_s_tokenizer_loads_from_its_folder()
    {
        var tokenizer = TokenizerFactory.Load(
            new TokenizerOptions { Kind = TokenizerKind.Words, Vocabulary = "vocab.txt" }, GoldenFiles.Models);
        Assert.Equal(File.ReadAllLines(Path.Combine(GoldenFiles.Models, "vocab.txt")).Length, tokenizer.VocabularySize);
        Assert.Equal(
            ["[BOS]", "red", "[UNK]", "[EOS]"], tokenizer.Encode("Red zebra", 32).Labels.Select(label => label.Text));
        Assert.Equal(0, tokenizer.PadId);
    }

    [Fact]
    public void Clip_is_the_same_from_either_form()
    {
        var folder = Path.GetDirectoryName(GoldenTokenizers.ClipFile("vocab.json"))!;
        var one = TokenizerFactory.Load(new() { Kind = TokenizerKind.ClipBpe, TokenizerJson = "tokenizer.json" }, folder);
        var other = TokenizerFactory.Load(
            new() { Kind = TokenizerKind.ClipBpe, Vocabulary = "vocab.json", Merges = "merges.txt" }, folder);
        Assert.Equal(one.VocabularySize, other.VocabularySize);
        Assert.Equal(one.PadId, other.PadId);
        Assert.Equal(one.Encode("A <|endoftext|> b\u00e9b\u00e9's", 20).Labels, other.Encode("A <|endoftext|> b\u00e9b\u00e9's", 20).Labels);
    }

    [Fact]
    public void Any_entry_of_the_vocabulary_may_be_the_padding()
    {
        var folder = Path.GetDirectoryName(GoldenTokenizers.ClipFile("vocab.json"))!;
        var options = new TokenizerOptions { Kind = TokenizerKind.ClipBpe, TokenizerJson = "tokenizer.json", Pad = "!" };
        var tokenizer = TokenizerFactory.Load(options, folder);
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "vocab.json")));
        Assert.Equal(document.RootElement.GetProperty("!").GetInt32(), tokenizer.PadId);

        // It is no special token for that: written in a text it is punctuation.
        Assert.Equal(0, tokenizer.Encode("!", 8).Labels[1].Word);
    }

    [Fact]
    public void Wordpiece_options_are_heeded()
    {
        using var folder = new ScratchFolder();
        folder.Write("vocab.txt", "<p>\n<u>\n<s>\n</s>\ncaf\u00e9\ncafe\nCaf\u00e9\nCafe\n\u4e2d\u6587\n\u4e2d\n");
        Tokenizer Load(bool lower, bool? strip, bool chinese = true) => TokenizerFactory.Load(
            new()
            {
                Kind = TokenizerKind.WordPiece,
                Vocabulary = "vocab.txt",
                LowerCase = lower,
                StripAccents = strip,
                ChineseChars = chinese,
                Bos = "<s>",
                Eos = "</s>",
                Pad = "<p>",
                Unk = "<u>",
            },
            folder.Path);
        Assert.Equal([2, 5, 3], Load(true, null).Encode("Caf\u00e9", 8).Ids);
        Assert.Equal([2, 4, 3], Load(true, false).Encode("Caf\u00e9", 8).Ids);
        Assert.Equal([2, 6, 3], Load(false, null).Encode("Caf\u00e9", 8).Ids);
        Assert.Equal([2, 7, 3], Load(false, true).Encode("Caf\u00e9", 8).Ids);
        Assert.Equal([2, 9, 1, 3], Load(true, null).Encode("\u4e2d\u6587", 8).Ids);
        Assert.Equal([2, 8, 3], Load(true, null, chinese: false).Encode("\u4e2d\u6587", 8).Ids);
        Assert.Equal([2, 1, 3], Load(true, null).Encode("<u>", 8).Ids);
    }

    [Theory]
    [InlineData("clip-bpe", TokenizerKind.ClipBpe)]
    [InlineData("wordpiece", TokenizerKind.WordPiece)]
    [InlineData("words", TokenizerKind.Words)]
    public void Options_are_written_and_read_by_the_kind_s_name(string name, TokenizerKind kind)
    {
        var options = new TokenizerOptions { Kind = kind, Vocabulary = "v", StripAccents = false, Pad = "!" };
        var json = JsonSerializer.Serialize(options);
        Assert.Contains($"\"{name}\"", json, StringComparison.Ordinal);
        Assert.Equal(options, JsonSerializer.Deserialize<TokenizerOptions>(json));
    }

    public static TheoryData<TokenizerKind, string?, string?, string?> WrongFiles() => new()
    {
        { TokenizerKind.ClipBpe, null, null, null },
        { TokenizerKind.ClipBpe, null, "vocab.json", null },
        { TokenizerKind.ClipBpe, "tokenizer.json", "vocab.json", "merges.txt" },
        { TokenizerKind.WordPiece, null, null, null },
        { TokenizerKind.WordPiece, null, "vocab.txt", "merges.txt" },
        { TokenizerKind.Words, "tokenizer.json", null, null },
        { TokenizerKind.Words, null, null, null },
        { TokenizerKind.Words, null, "../vocab.txt", null },
        { TokenizerKind.Words, null, "/vocab.txt", null },
        { TokenizerKind.Words, null, ".", null },
    };

    [Theory]
    [MemberData(nameof(WrongFiles))]
    public void Too_few_files_too_many_or_one_outside_are_refused(
        TokenizerKind kind, string? json, string? vocabulary, string? merges)
    {
        using var folder = new ScratchFolder();
        var options = new TokenizerOptions { Kind = kind, TokenizerJson = json, Vocabulary = vocabulary, Merges = merges };
        Assert.Throws<ArgumentException>(() => TokenizerFactory.Load(options, folder.Path));
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        using var folder = new ScratchFolder();
        var options = new TokenizerOptions { Kind = TokenizerKind.Words, Vocabulary = "words.txt" };
        var exception = Assert.Throws<FileNotFoundException>(() => TokenizerFactory.Load(options, folder.Path));
        Assert.Contains("words.txt", exception.Message, StringComparison.Ordinal);
    }
}

using System.Text.Json.Nodes;
using Filip.Embeddings.Tokenizers;

namespace Filip.Embeddings.Tests.Tokenizers;

/// <summary>A broken file is refused with its name, the place and what was expected.</summary>
public sealed class BrokenTokenizerFileTests
{
    private const string Vocabulary = """{"a":0,"b</w>":1,"ab</w>":2,"<|startoftext|>":3,"<|endoftext|>":4}""";
    private const string Merges = "#version: 0.2\na b</w>\n";

    [Fact]
    public void A_sound_pair_of_files_is_read()
    {
        Assert.Equal([3, 2, 4], Clip(Vocabulary, Merges).Encode("ab", 8).Ids);
        Assert.Equal([3, 2, 4], Clip("\ufeff" + Vocabulary, Merges.Replace("\n", "\r\n", StringComparison.Ordinal)).Encode("ab", 8).Ids);
    }

    [Theory]
    [InlineData("{\n\"a\":0,\n\"b\"", "line 3")]
    [InlineData("[]", "expected an object of entries and ids")]
    [InlineData("{}", "empty")]
    [InlineData("""{"a":-1}""", "'a' is -1; expected a whole number")]
    [InlineData("""{"a":1.5}""", "'a' is 1.5; expected a whole number")]
    [InlineData("""{"a":99999999999}""", "expected a whole number")]
    [InlineData("""{"a":"0"}""", "expected a whole number")]
    [InlineData("""{"a":0,"b":0,"<|startoftext|>":3,"<|endoftext|>":4}""", "id 0")]
    [InlineData("""{"a":0,"\ud800":1}""", "surrogate")]
    [InlineData("""{"a":0,"<|endoftext|>":4}""", "'<|startoftext|>'")]
    public void A_broken_vocab_json_is_refused(string vocabulary, string told) =>
        AssertTold(() => Clip(vocabulary, Merges), "vocab.json", told);

    [Theory]
    [InlineData("#version: 0.2\na b</w>\nab\n", "line 3: 'ab' is no merge")]
    [InlineData("#version: 0.2\na b c\n", "line 2: 'a b c' is no merge")]
    [InlineData("#version: 0.2\n\na b</w>\n", "line 2: '' is no merge")]
    [InlineData("a \n", "line 1")]
    [InlineData("#version: 0.2\na z\n", "line 2: merges 'a' and 'z', but 'z' is not in the vocabulary")]
    [InlineData("#version: 0.2\na a\n", "line 2: merges 'a' and 'a', but 'aa' is not in the vocabulary")]
    [InlineData("", "is empty")]
    [InlineData("a b\0", "line 1: holds a zero byte")]
    public void A_broken_merges_txt_is_refused(string merges, string told) =>
        AssertTold(() => Clip(Vocabulary, merges), "merges.txt", told);

    [Fact]
    public void Bytes_that_are_no_utf8_are_refused_with_their_line()
    {
        using var folder = new ScratchFolder();
        var path = folder.Write("vocab.txt", [.. "[PAD]\n[UNK]\ncaf"u8, 0xE9, .. "\n"u8]);
        AssertTold(() => WordPieceTokenizer.FromVocabulary(path), "vocab.txt", "line 3: is no valid UTF-8");
    }

    [Theory]
    [InlineData("[PAD]\n[CLS]\n[SEP]\n", "'[UNK]'")]
    [InlineData("[PAD]\n[UNK]\n[SEP]\n", "'[CLS]'")]
    [InlineData("[UNK]\n[CLS]\n[SEP]\n", "'[PAD]'")]
    public void A_vocabulary_without_its_special_tokens_is_refused(string content, string told)
    {
        using var folder = new ScratchFolder();
        var path = folder.Write("vocab.txt", content);
        AssertTold(() => WordPieceTokenizer.FromVocabulary(path), "vocab.txt", told);
        var specials = SpecialTokens.CustomaryFor(TokenizerKind.WordPiece);
        AssertTold(() => WordsTokenizer.FromVocabulary(path, specials), "vocab.txt", told);
    }

    [Fact]
    public void Of_two_equal_lines_the_later_counts_and_an_empty_one_keeps_its_number()
    {
        using var folder = new ScratchFolder();
        var path = folder.Write("vocab.txt", "[PAD]\r\n[UNK]\r\n[BOS]\r\n[EOS]\r\n\r\nred\r\nred");
        var tokenizer = WordsTokenizer.FromVocabulary(path);
        Assert.Equal([2, 6, 3], tokenizer.Encode("red", 8).Ids);
        Assert.Equal(7, tokenizer.VocabularySize);
    }

    public static TheoryData<string, string> Changes() => new()
    {
        { """{"model":{"type":"Unigram"}}""", "Unigram; expected BPE" },
        { """{"model":{"ignore_merges":true}}""", "ignore_merges" },
        { """{"model":{"byte_fallback":true}}""", "byte_fallback" },
        { """{"model":{"continuing_subword_prefix":"##"}}""", "continuing_subword_prefix" },
        { """{"model":{"merges":["a"]}}""", "merge 0" },
        { """{"model":{"merges":[["a"]]}}""", "merge 0" },
        { """{"model":{"merges":[1]}}""", "a merge is a number; expected a text" },
        { """{"model":{"merges":{}}}""", "'merges' is an object; expected a list" },
        { """{"normalizer":{"type":"BertNormalizer"}}""", "BertNormalizer" },
        { """{"normalizer":{"type":"Replace","pattern":{"String":" "},"content":"_"}}""", "Replace" },
        { """{"pre_tokenizer":{"type":"Metaspace"}}""", "Metaspace" },
        { """{"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"\\w+"}},{"type":"ByteLevel"}]}}""", "\\w+" },
        { """{"post_processor":{"type":"Unheard"}}""", "Unheard" },
        { """{"post_processor":{"type":"TemplateProcessing","single":[{"Sequence":{"id":"A"}}]}}""", "post_processor.single" },
        { """{"added_tokens":[{"id":0,"content":"x","single_word":true}]}""", "single_word" },
        { """{"added_tokens":[{"content":"x"}]}""", "'id' is missing" },
        { """{"added_tokens":7}""", "added_tokens" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_tokenizer_json_that_asks_for_something_else_is_refused(string change, string told)
    {
        var json = JsonNode.Parse(File.ReadAllText(GoldenTokenizers.ClipFile("tokenizer.json")))!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject())
        {
            if (name == "model")
            {
                var (key, member) = value!.AsObject().Single();
                json["model"]![key] = member!.DeepClone();
            }
            else
            {
                json[name] = value!.DeepClone();
            }
        }

        using var folder = new ScratchFolder();
        var path = folder.Write("tokenizer.json", json.ToJsonString());
        AssertTold(() => ClipBpeTokenizer.FromTokenizerJson(path), "tokenizer.json", told);
    }

    [Fact]
    public void A_clip_tokenizer_is_no_wordpiece_tokenizer() => AssertTold(
        () => WordPieceTokenizer.FromTokenizerJson(GoldenTokenizers.ClipFile("tokenizer.json")), "tokenizer.json", "expected WordPiece");

    [Fact]
    public void The_older_pattern_and_the_template_form_are_read()
    {
        var json = JsonNode.Parse(File.ReadAllText(GoldenTokenizers.ClipFile("tokenizer.json")))!;
        var split = json["pre_tokenizer"]!["pretokenizers"]![0]!["pattern"]!;
        split["Regex"] = @"<\|startoftext\|>|<\|endoftext\|>|" + (string)split["Regex"]!;
        json["post_processor"] = JsonNode.Parse(
            """{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<|startoftext|>"}},{"Sequence":{"id":"A"}},{"SpecialToken":{"id":"<|endoftext|>"}}]}""");
        json["added_tokens"] = new JsonArray();     // so that the pattern alone meets the spelling
        using var folder = new ScratchFolder();
        var tokenizer = ClipBpeTokenizer.FromTokenizerJson(folder.Write("tokenizer.json", json.ToJsonString()));
        var words = tokenizer.Encode("a <|endoftext|>!!", 40).Labels.Where(label => label.Word >= 0)
            .GroupBy(label => label.Word).Select(word => string.Concat(word.Select(label => label.Text)));
        Assert.Equal(["a", "<|", "endoftext", "|>", "!!"], words);
    }

    private static ClipBpeTokenizer Clip(string vocabulary, string merges)
    {
        using var folder = new ScratchFolder();
        return ClipBpeTokenizer.FromVocabulary(folder.Write("vocab.json", vocabulary), folder.Write("merges.txt", merges));
    }

    private static void AssertTold(Action load, string file, string told)
    {
        var exception = Assert.Throws<InvalidDataException>(load);
        Assert.Contains(file, exception.Message, StringComparison.Ordinal);
        Assert.Contains(told, exception.Message, StringComparison.Ordinal);
    }
}

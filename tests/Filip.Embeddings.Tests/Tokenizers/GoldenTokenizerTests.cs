using System.Text.Json;
using Filip.Embeddings.Tokenizers;
using Filip.Testing;

namespace Filip.Embeddings.Tests.Tokenizers;

/// <summary>Every golden string, id for id.</summary>
public sealed class GoldenTokenizerTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Clip_gives_the_ids_of_the_fast_reference(bool fromTokenizerJson)
    {
        string[] needed = fromTokenizerJson ? ["tokenizer.json"] : ["vocab.json", "merges.txt"];
        var files = needed.Select(file => GoldenFiles.Find("tokenizers", "clip-bpe", file)).OfType<string>().ToList();
        if (files.Count < needed.Length)
        {
            Assert.Skip("CLIP's own vocabulary is in the full golden set only; the small one is tested beside this.");
        }

        var tokenizer = fromTokenizerJson
            ? ClipBpeTokenizer.FromTokenizerJson(files[0])
            : ClipBpeTokenizer.FromVocabulary(files[0], files[1]);
        GoldenText.Compare(tokenizer, ClipContext(), ClipLines("hf"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Clip_with_another_vocabulary_gives_the_ids_of_the_fast_reference(bool fromTokenizerJson)
    {
        var folder = GoldenFiles.Require("tokenizers", "clip-bpe", "small");
        Tokenizer tokenizer = fromTokenizerJson
            ? ClipBpeTokenizer.FromTokenizerJson(Path.Combine(folder, "tokenizer.json"))
            : ClipBpeTokenizer.FromVocabulary(Path.Combine(folder, "vocab.json"), Path.Combine(folder, "merges.txt"));
        GoldenText.Compare(tokenizer, ClipContext(), ClipLines("small"));
    }

    public static TheoryData<string> Variants()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(GoldenFiles.Require("tokenizers", "wordpiece", "variants.json")));
        return [.. document.RootElement.GetProperty("variants").EnumerateObject().Select(variant => variant.Name)];
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Wordpiece_gives_the_ids_of_the_fast_reference(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(GoldenFiles.Require("tokenizers", "wordpiece", "variants.json")));
        var variants = document.RootElement.GetProperty("variants");
        var variant = variants.GetProperty(name);
        if (GoldenFiles.Find("tokenizers", "wordpiece", variant.GetProperty("vocab").GetString()!) is not { } vocabulary)
        {
            Assert.Skip($"The vocabulary of '{name}' is in the full golden set only.");
            return;
        }

        var accents = variant.GetProperty("strip_accents");
        var tokenizer = WordPieceTokenizer.FromVocabulary(vocabulary, new TokenizerOptions
        {
            Kind = TokenizerKind.WordPiece,
            LowerCase = variant.GetProperty("lower_case").GetBoolean(),
            StripAccents = accents.ValueKind == JsonValueKind.Null ? null : accents.GetBoolean(),
            ChineseChars = variant.GetProperty("chinese_chars").GetBoolean(),
        });
        GoldenText.Compare(tokenizer, variant.GetProperty("max_length").GetInt32(), WordPieceLines(name, variants));
        Assert.Equal(variant.GetProperty("vocabulary").GetInt32(), tokenizer.VocabularySize);
        Assert.Equal(variant.GetProperty("pad").GetInt32(), tokenizer.PadId);
    }

    [Fact]
    public void Wordpiece_reads_the_same_from_a_tokenizer_json()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(GoldenFiles.Require("tokenizers", "wordpiece", "variants.json")));
        var variants = document.RootElement.GetProperty("variants");
        using var folder = new ScratchFolder();
        var tokenizer = WordPieceTokenizer.FromTokenizerJson(
            GoldenFiles.Find("tokenizers", "wordpiece", "tokenizer-cased.json")
            ?? folder.Write("tokenizer.json", CasedTokenizerJson()));
        GoldenText.Compare(tokenizer, variants.GetProperty("cased").GetProperty("max_length").GetInt32(), WordPieceLines("cased", variants));
    }

    /// <summary>What the full set's tokenizer-cased.json says, from the committed vocabulary.</summary>
    private static string CasedTokenizerJson()
    {
        var entries = File.ReadAllLines(GoldenTokenizers.CasedVocabulary);
        var specials = entries.Select((content, id) => (content, id)).Where(entry => entry.content is ['[', .., ']'] and not "[]");
        return JsonSerializer.Serialize(new
        {
            added_tokens = specials.Select(entry => new { entry.id, entry.content, normalized = false, special = true }),
            normalizer = new { type = "BertNormalizer", clean_text = true, handle_chinese_chars = true, lowercase = false },
            pre_tokenizer = new { type = "BertPreTokenizer" },
            post_processor = new { type = "BertProcessing", cls = new object[] { "[CLS]", 2 }, sep = new object[] { "[SEP]", 3 } },
            model = new
            {
                type = "WordPiece",
                unk_token = "[UNK]",
                vocab = entries.Select((entry, id) => (entry, id)).ToDictionary(pair => pair.entry, pair => pair.id),
            },
        });
    }

    [Fact]
    public void Words_gives_the_ids_of_the_trainer()
    {
        var tokenizer = WordsTokenizer.FromVocabulary(GoldenFiles.Require("tokenizers", "words", "vocab.txt"));
        GoldenText.Compare(tokenizer, 32, GoldenText.Lines("tokenizers", "words", "strings.jsonl")
            .Select(line => (line.GetProperty("text").GetString()!, GoldenText.Ids(line.GetProperty("ids")))));
    }

    private static int ClipContext()
    {
        if (GoldenFiles.Find("tokenizers", "clip-bpe", "facts.json") is not { } facts)
        {
            return 77;      // every CLIP's, and the committed part's
        }

        using var document = JsonDocument.Parse(File.ReadAllText(facts));
        return document.RootElement.GetProperty("context").GetInt32();
    }

    private static IEnumerable<(string Text, int[] Ids)> ClipLines(string column)
    {
        foreach (var line in GoldenText.Lines("tokenizers", "clip-bpe", "strings.jsonl"))
        {
            if (line.TryGetProperty(column, out var ids))
            {
                yield return (line.GetProperty("text").GetString()!, GoldenText.Ids(ids));
            }
        }
    }

    private static IEnumerable<(string Text, int[] Ids)> WordPieceLines(string name, JsonElement variants)
    {
        var same = variants.GetProperty(name).GetProperty("same_as_where_left_out").GetString();
        foreach (var line in GoldenText.Lines("tokenizers", "wordpiece", "strings.jsonl"))
        {
            var ids = line.GetProperty("ids");
            if (ids.TryGetProperty(name, out var own) || (same is not null && ids.TryGetProperty(same, out own)))
            {
                yield return (line.GetProperty("text").GetString()!, GoldenText.Ids(own));
            }
        }
    }
}

using System.Globalization;
using System.Text;
using CsCheck;
using Filip.Embeddings.Tokenizers;
using Filip.Embeddings.Tokenizers.Unicode;

namespace Filip.Embeddings.Tests.Tokenizers;

/// <summary>What holds of every text, whatever is in it.</summary>
public sealed class TokenizerPropertyTests
{
    private const int NoLimit = 1_000_000;

    public static TheoryData<TokenizerKind> Kinds() => [.. Enum.GetValues<TokenizerKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Ids_stay_in_the_vocabulary_and_between_start_and_end(TokenizerKind kind)
    {
        var tokenizer = GoldenTokenizers.Of(kind);
        var empty = tokenizer.Encode(string.Empty, 2).Labels;
        Gen.Select(GoldenTokenizers.Texts, Gen.Int[2, 30]).Sample(
            (text, context) =>
            {
                var labels = tokenizer.Encode(text, context).Labels;
                Assert.InRange(labels.Count, 2, context);
                Assert.Equal(empty[0], labels[0]);
                Assert.Equal(empty[1], labels[^1]);
                Assert.All(labels, label => Assert.InRange(label.Id, 0, tokenizer.VocabularySize - 1));
            },
            iter: GoldenTokenizers.FuzzCount);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Truncation_is_the_beginning_of_the_whole_and_says_so(TokenizerKind kind)
    {
        var tokenizer = GoldenTokenizers.Of(kind);
        Gen.Select(GoldenTokenizers.Texts, Gen.Int[2, 30]).Sample(
            (text, context) =>
            {
                var whole = tokenizer.Encode(text, NoLimit);
                var cut = tokenizer.Encode(text, context);
                Assert.False(whole.Truncated);
                Assert.Equal(whole.Labels.Count > context, cut.Truncated);
                Assert.Equal(whole.Labels.SkipLast(1).Take(context - 1).Append(whole.Labels[^1]), cut.Labels);
            },
            iter: GoldenTokenizers.FuzzCount);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Words_are_numbered_without_gaps(TokenizerKind kind) => GoldenTokenizers.Texts.Sample(
        text =>
        {
            int next = 0;
            foreach (var label in GoldenTokenizers.Of(kind).Encode(text, NoLimit).Labels.Where(label => label.Word >= 0))
            {
                Assert.InRange(label.Word, Math.Max(0, next - 1), next);
                next = label.Word + 1;
            }
        },
        iter: GoldenTokenizers.FuzzCount);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_lone_surrogate_counts_as_the_replacement_character(TokenizerKind kind) => GoldenTokenizers.Texts.Sample(
        text =>
        {
            // UTF-8 has no lone surrogates: the way there and back is what replaces them.
            var replaced = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
            Assert.Equal(
                GoldenTokenizers.Of(kind).Encode(replaced, NoLimit).Labels,
                GoldenTokenizers.Of(kind).Encode(text, NoLimit).Labels);
        },
        iter: GoldenTokenizers.FuzzCount);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_code_point_has_an_answer(TokenizerKind kind)
    {
        var tokenizer = GoldenTokenizers.Of(kind);
        var text = new StringBuilder();
        for (int unit = 0; unit < 0x110000; unit++)
        {
            if (unit < 0x10000)
            {
                text.Append('a').Append((char)unit);    // surrogates too, each alone
            }
            else
            {
                text.Append('a').Append(new Rune(unit));
            }

            if (unit % 512 == 511)
            {
                var labels = tokenizer.Encode(text.ToString(), NoLimit).Labels;
                Assert.All(labels, label => Assert.InRange(label.Id, 0, tokenizer.VocabularySize - 1));
                Assert.True(labels.Count > 2, $"Nothing is left of the 512 code points up to U+{unit:X}.");
                text.Clear();
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_thread_s_culture_changes_nothing(TokenizerKind kind)
    {
        string[] texts = ["I\u0130\u0131i TITLE 1.234,5 -7", "\u03a3\u0391\u03a3 stra\u00dfe", "e\u0301 \uac00 \u00bd"];
        var expected = texts.Select(text => GoldenTokenizers.Of(kind).Encode(text, NoLimit).Labels).ToList();
        IReadOnlyList<IReadOnlyList<TokenLabel>>? found = null;
        var thread = new Thread(() =>
        {
            // Only the invariant culture is there when globalization is off, so it is bent: Turkish where it can be had.
            var culture = FindCulture("tr-TR") ?? (CultureInfo)CultureInfo.InvariantCulture.Clone();
            culture.NumberFormat.NegativeSign = "~";
            culture.NumberFormat.PositiveSign = "!";
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = culture;
            var tokenizer = Load(kind);
            found = [.. texts.Select(text => tokenizer.Encode(text, NoLimit).Labels)];
        });
        thread.Start();
        thread.Join();
        Assert.Equal(expected, found);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Many_threads_get_the_same_answer(TokenizerKind kind)
    {
        var tokenizer = Load(kind);
        var texts = Enumerable.Range(0, 200).Select(i => $"word{i % 50} and{i % 7} \u00e9{i}").ToArray();
        var expected = texts.Select(text => GoldenTokenizers.Of(kind).Encode(text, NoLimit).Labels).ToArray();
        Parallel.For(0, texts.Length * 10, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
            Assert.Equal(expected[i % texts.Length], tokenizer.Encode(texts[i % texts.Length], NoLimit).Labels));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_context_without_room_for_start_and_end_is_refused(TokenizerKind kind)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => GoldenTokenizers.Of(kind).Encode("a", 1));
        Assert.Throws<ArgumentNullException>(() => GoldenTokenizers.Of(kind).Encode(null!, 8));
    }

    [Fact]
    public void Composition_of_composed_text_changes_nothing() => GoldenTokenizers.Texts.Sample(
        text =>
        {
            var once = Scalars.Of(text);
            CanonicalForms.Compose(once);
            var twice = new List<int>(once);
            CanonicalForms.Compose(twice);
            Assert.Equal(once, twice);

            // Canonically equal texts have one composed form.
            var decomposed = Scalars.Of(text);
            CanonicalForms.Decompose(decomposed);
            CanonicalForms.Compose(decomposed);
            Assert.Equal(once, decomposed);
        },
        iter: GoldenTokenizers.FuzzCount);

    private static Tokenizer Load(TokenizerKind kind) => kind switch
    {
        TokenizerKind.ClipBpe => ClipBpeTokenizer.FromTokenizerJson(GoldenTokenizers.ClipFile("tokenizer.json")),
        TokenizerKind.WordPiece => WordPieceTokenizer.FromVocabulary(GoldenTokenizers.CasedVocabulary),
        _ => WordsTokenizer.FromVocabulary(GoldenTokenizers.WordsVocabulary),
    };

    private static CultureInfo? FindCulture(string name)
    {
        try
        {
            return (CultureInfo)CultureInfo.GetCultureInfo(name).Clone();
        }
        catch (CultureNotFoundException)
        {
            return null;
        }
    }
}

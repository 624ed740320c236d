using System.Buffers;
using System.Runtime.InteropServices;
using Filip.Embeddings.Tokenizers.Unicode;

namespace Filip.Embeddings.Tokenizers;

/// <summary>Whole words: the text lower-cased, then each maximal run of letters and digits is one word.</summary>
/// <remarks>
/// Lower case, letters and digits are Python 3.11's <c>str.lower</c> and <c>str.isalnum</c> (Unicode 14), final sigma
/// and U+0130 included: that is what the demo model was trained with. Special tokens written in the text are no
/// special tokens. A lone surrogate counts as U+FFFD. Safe for any number of threads.
/// </remarks>
public sealed class WordsTokenizer : Tokenizer
{
    private const int CapitalSigma = 0x3A3;
    private const int SmallSigma = 0x3C3;
    private const int FinalSigma = 0x3C2;

    private static readonly CodePointSet s_alphanumeric = UnicodeTables.Set("python.alphanumeric");
    private static readonly CodePointSet s_cased = UnicodeTables.Set("python.cased");
    private static readonly CodePointSet s_skipped = UnicodeTables.Set("python.skipped");

    private readonly Vocabulary _vocabulary;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _words;
    private readonly int _unknown;

    private WordsTokenizer(string path, SpecialTokens specials)
    {
        var entries = VocabularyLines.ReadVocabulary(path);
        _vocabulary = new Vocabulary(entries, [], specials, entry => entry, path);
        _words = entries.GetAlternateLookup<ReadOnlySpan<char>>();
        _unknown = _vocabulary.Unk ?? throw new InvalidDataException(
            $"{path} has no '{specials.Unk}', which is to stand for unknown words; name the right one in the model's manifest.");
    }

    /// <inheritdoc/>
    public override int VocabularySize => _vocabulary.Size;

    /// <inheritdoc/>
    public override int PadId => _vocabulary.Pad;

    /// <summary>Reads a vocabulary of one word a line, the id being the line's number from 0.</summary>
    /// <param name="path">The file.</param>
    /// <param name="specials">Names of the special tokens; null takes [BOS], [EOS], [PAD] and [UNK].</param>
    /// <exception cref="InvalidDataException">The file is broken; the message says where and what was expected.</exception>
    public static WordsTokenizer FromVocabulary(string path, SpecialTokens? specials = null) =>
        new(path, specials ?? SpecialTokens.CustomaryFor(TokenizerKind.Words));

    /// <inheritdoc/>
    public override TokenizedText Encode(string text, int context)
    {
        ArgumentNullException.ThrowIfNull(text);
        var output = new TokenCollector(context);
        var lower = Lower(CollectionsMarshal.AsSpan(Scalars.Of(text)));
        var scalars = CollectionsMarshal.AsSpan(lower);
        var buffer = ArrayPool<char>.Shared.Rent(Math.Max(1, scalars.Length * 2));
        int from = 0;
        while (from < scalars.Length && !output.Overflowed)
        {
            int end = from;
            while (end < scalars.Length && s_alphanumeric.Contains(scalars[end]))
            {
                end++;
            }

            if (end == from)
            {
                from++;
                continue;
            }

            int length = Scalars.WriteUtf16(scalars[from..end], buffer);
            output.AddWord([_words.TryGetValue(buffer.AsSpan(0, length), out int id) ? id : _unknown]);
            from = end;
        }

        ArrayPool<char>.Shared.Return(buffer);
        return output.Finish(_vocabulary);
    }

    private static List<int> Lower(ReadOnlySpan<int> text)
    {
        var lower = new List<int>(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == CapitalSigma)
            {
                lower.Add(EndsWord(text, i) ? FinalSigma : SmallSigma);
            }
            else
            {
                LowerCase.Python.AppendTo(lower, text[i]);
            }
        }

        return lower;
    }

    /// <summary>Whether a cased letter stands before and none after, those that carry no case skipped over.</summary>
    private static bool EndsWord(ReadOnlySpan<int> text, int sigma)
    {
        int before = sigma - 1;
        while (before >= 0 && s_skipped.Contains(text[before]))
        {
            before--;
        }

        if (before < 0 || !s_cased.Contains(text[before]))
        {
            return false;
        }

        int after = sigma + 1;
        while (after < text.Length && s_skipped.Contains(text[after]))
        {
            after++;
        }

        return after == text.Length || !s_cased.Contains(text[after]);
    }
}

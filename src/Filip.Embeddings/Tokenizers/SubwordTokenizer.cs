using System.Runtime.InteropServices;
using Filip.Embeddings.Tokenizers.Unicode;

namespace Filip.Embeddings.Tokenizers;

/// <summary>What CLIP's and BERT's tokenizers do alike, in the reference library's order.</summary>
/// <remarks>
/// Added tokens are found in the text as given; what lies between is normalized, and added tokens are found there once
/// more; what lies between those is split into words, and each word into pieces. Safe for any number of threads.
/// </remarks>
public abstract class SubwordTokenizer : Tokenizer
{
    private readonly Vocabulary _vocabulary;
    private readonly AddedTokens _inText;
    private readonly AddedTokens _inNormalized;

    /// <param name="vocabulary">Ids, what they stand for, and the special ones.</param>
    /// <param name="normalize">What is done to text before it is split, in place.</param>
    private protected SubwordTokenizer(Vocabulary vocabulary, Action<List<int>> normalize)
    {
        _vocabulary = vocabulary;
        Normalize = normalize;
        _inText = new AddedTokens(vocabulary.Added.Where(token => !token.Normalized), _ => { });
        _inNormalized = new AddedTokens(vocabulary.Added.Where(token => token.Normalized), normalize);
    }

    /// <inheritdoc/>
    public override int VocabularySize => _vocabulary.Size;

    /// <inheritdoc/>
    public override int PadId => _vocabulary.Pad;

    private Action<List<int>> Normalize { get; }

    /// <inheritdoc/>
    public override TokenizedText Encode(string text, int context)
    {
        ArgumentNullException.ThrowIfNull(text);
        var output = new TokenCollector(context);
        var given = CollectionsMarshal.AsSpan(Scalars.Of(text));
        int from = 0;
        while (from < given.Length && !output.Overflowed)
        {
            var (start, length, id) = _inText.FindNext(given, from);
            EncodeStretch(given[from..start], output);
            if (length > 0)
            {
                output.AddSpecial(id);
            }

            from = start + length;
        }

        return output.Finish(_vocabulary);
    }

    /// <summary>Splits normalized text into words and hands their pieces over.</summary>
    private protected abstract void EncodeWords(ReadOnlySpan<int> text, TokenCollector output);

    private void EncodeStretch(ReadOnlySpan<int> given, TokenCollector output)
    {
        var normalized = new List<int>(given.Length);
        normalized.AddRange(given);
        Normalize(normalized);
        var text = CollectionsMarshal.AsSpan(normalized);
        int from = 0;
        while (from < text.Length && !output.Overflowed)
        {
            var (start, length, id) = _inNormalized.FindNext(text, from);
            EncodeWords(text[from..start], output);
            if (length > 0)
            {
                output.AddSpecial(id);
            }

            from = start + length;
        }
    }
}

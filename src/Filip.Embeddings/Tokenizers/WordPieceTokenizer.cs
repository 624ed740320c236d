using System.Buffers;
using System.Runtime.InteropServices;
using Filip.Embeddings.Tokenizers.Unicode;

namespace Filip.Embeddings.Tokenizers;

/// <summary>BERT's word pieces, id for id as Hugging Face's BertTokenizerFast (tokenizers 0.22.2).</summary>
/// <remarks>
/// Special tokens written in the text become their id. The Unicode tables are the reference's own (marks, punctuation
/// and format characters from before Unicode 9); a lone surrogate counts as U+FFFD.
/// </remarks>
public sealed class WordPieceTokenizer : SubwordTokenizer
{
    private static readonly CodePointSet s_punctuation = UnicodeTables.Set("bert.punctuation");

    private readonly WordPieces _pieces;

    private WordPieceTokenizer(WordPieceFiles files)
        : base(files.Vocabulary, files.Normalizer.Apply) => _pieces = files.Pieces;

    /// <summary>Reads <c>vocab.txt</c>, one entry a line.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Lower-casing, accents, Chinese characters and special tokens; null takes bert-base-uncased's.</param>
    /// <exception cref="InvalidDataException">The file is broken; the message says where and what was expected.</exception>
    public static WordPieceTokenizer FromVocabulary(string path, TokenizerOptions? options = null) =>
        new(WordPieceFiles.Read(path, options ?? new TokenizerOptions { Kind = TokenizerKind.WordPiece }));

    /// <summary>Reads Hugging Face's <c>tokenizer.json</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Special tokens to take instead of the file's own; null takes the file's.</param>
    /// <exception cref="InvalidDataException">The file is broken, or is no BERT tokenizer.</exception>
    public static WordPieceTokenizer FromTokenizerJson(string path, TokenizerOptions? options = null) =>
        new(WordPieceFiles.ReadTokenizerJson(path, options ?? new TokenizerOptions { Kind = TokenizerKind.WordPiece }));

    /// <inheritdoc/>
    private protected override void EncodeWords(ReadOnlySpan<int> text, TokenCollector output)
    {
        var ids = new List<int>();
        var buffer = ArrayPool<char>.Shared.Rent(Math.Max(1, text.Length * 2));
        int from = 0;
        while (from < text.Length && !output.Overflowed)
        {
            if (CodePointSet.WhiteSpace.Contains(text[from]))
            {
                from++;
                continue;
            }

            int end = from + 1;
            while (!IsPunctuation(text[from]) && end < text.Length
                && !CodePointSet.WhiteSpace.Contains(text[end]) && !IsPunctuation(text[end]))
            {
                end++;
            }

            int length = Scalars.WriteUtf16(text[from..end], buffer);
            _pieces.Cut(buffer.AsSpan(0, length), end - from, ids);
            output.AddWord(CollectionsMarshal.AsSpan(ids));
            from = end;
        }

        ArrayPool<char>.Shared.Return(buffer);
    }

    private static bool IsPunctuation(int scalar) => s_punctuation.Contains(scalar);
}

using System.Buffers;
using System.Text;
using Filip.Embeddings.Tokenizers.Unicode;

namespace Filip.Embeddings.Tokenizers;

/// <summary>CLIP's byte-level byte-pair encoding, id for id as Hugging Face's CLIPTokenizerFast (tokenizers 0.22.2).</summary>
/// <remarks>
/// NFC, white space to one blank, lower case; special tokens written in the text become their id. No ftfy and no HTML
/// entities: those belong to OpenAI's original. The Unicode tables are the reference's own, so neither culture nor ICU
/// nor the runtime's version changes an id; a lone surrogate counts as U+FFFD.
/// </remarks>
public sealed class ClipBpeTokenizer : SubwordTokenizer
{
    private readonly BytePairs _pairs;
    private readonly int[][] _literals;

    private ClipBpeTokenizer(ClipBpeFiles files)
        : base(files.Vocabulary, Normalizer(files))
    {
        _pairs = new BytePairs(files.Vocabulary.Entries, files.Merges, files.EndOfWord, files.Vocabulary.Unk);
        _literals = [.. files.Literals.Select(literal => Scalars.Of(literal).ToArray())];
    }

    /// <summary>Reads <c>vocab.json</c> and <c>merges.txt</c>.</summary>
    /// <param name="vocabulary">Entries with their ids.</param>
    /// <param name="merges">One merge a line, the earliest learnt first.</param>
    /// <param name="specials">Names of the special tokens; null takes CLIP's.</param>
    /// <exception cref="InvalidDataException">A file is broken; the message says where and what was expected.</exception>
    public static ClipBpeTokenizer FromVocabulary(string vocabulary, string merges, SpecialTokens? specials = null) =>
        new(ClipBpeFiles.Read(vocabulary, merges, specials ?? SpecialTokens.CustomaryFor(TokenizerKind.ClipBpe)));

    /// <summary>Reads Hugging Face's <c>tokenizer.json</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Special tokens to take instead of the file's own; null takes the file's.</param>
    /// <exception cref="InvalidDataException">The file is broken, or is no CLIP tokenizer.</exception>
    public static ClipBpeTokenizer FromTokenizerJson(string path, TokenizerOptions? options = null) =>
        new(ClipBpeFiles.ReadTokenizerJson(path, options ?? new TokenizerOptions { Kind = TokenizerKind.ClipBpe }));

    /// <inheritdoc/>
    private protected override void EncodeWords(ReadOnlySpan<int> text, TokenCollector output)
    {
        int from = 0;
        while (from < text.Length && !output.Overflowed)
        {
            var (start, end) = ClipSplitter.Next(text, from);
            if (end == start)
            {
                break;
            }

            int literal = LiteralAt(text[start..]);
            if (literal > 0)
            {
                // The older pattern keeps a special token's spelling apart; the byte level then splits it within itself.
                end = start + literal;
                EncodeLiteral(text[start..end], output);
            }
            else
            {
                EncodeWord(text[start..end], output);
            }

            from = end;
        }
    }

    private void EncodeLiteral(ReadOnlySpan<int> literal, TokenCollector output)
    {
        int from = 0;
        while (from < literal.Length)
        {
            var (start, end) = ClipSplitter.Next(literal, from);
            EncodeWord(literal[start..end], output);
            from = end;
        }
    }

    private int LiteralAt(ReadOnlySpan<int> text)
    {
        foreach (var literal in _literals)
        {
            if (text.StartsWith(literal))
            {
                return literal.Length;
            }
        }

        return 0;
    }

    private void EncodeWord(ReadOnlySpan<int> word, TokenCollector output)
    {
        int most = word.Length * 4;
        byte[]? rented = null;
        var bytes = most <= 512 ? stackalloc byte[most] : (rented = ArrayPool<byte>.Shared.Rent(most));
        int length = 0;
        foreach (int scalar in word)
        {
            length += new Rune(scalar).EncodeToUtf8(bytes[length..]);
        }

        output.AddWord(_pairs.Encode(bytes[..length]));
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static Action<List<int>> Normalizer(ClipBpeFiles files) => text =>
    {
        if (files.Composes)
        {
            CanonicalForms.Compose(text);
        }

        var source = text.ToArray();
        text.Clear();
        bool blank = false;
        foreach (int scalar in source)
        {
            bool wasBlank = blank;
            blank = files.JoinsBlanks && CodePointSet.WhiteSpace.Contains(scalar);
            if (blank)
            {
                if (!wasBlank)
                {
                    text.Add(' ');
                }
            }
            else if (files.LowerCases)
            {
                LowerCase.Rust.AppendTo(text, scalar);
            }
            else
            {
                text.Add(scalar);
            }
        }
    };
}

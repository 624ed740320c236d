namespace Filip.Embeddings.Tokenizers;

/// <summary>Turns a text into the ids its model was trained on, exactly as the reference implementation does.</summary>
public abstract class Tokenizer
{
    /// <summary>Number of ids in the vocabulary.</summary>
    public abstract int VocabularySize { get; }

    /// <summary>Id that fills a fixed length.</summary>
    public abstract int PadId { get; }

    /// <summary>Tokenizes one text: start token, pieces, end token; no padding; truncation keeps the end token.</summary>
    /// <param name="text">Any string, lone surrogates and non-characters included.</param>
    /// <param name="context">Most ids to give, at least 2.</param>
    public abstract TokenizedText Encode(string text, int context);
}

/// <summary>One text as ids.</summary>
/// <param name="Labels">One a token, specials included (word -1).</param>
/// <param name="Truncated">Whether ids were left out to fit the context.</param>
public sealed record TokenizedText(IReadOnlyList<TokenLabel> Labels, bool Truncated)
{
    /// <summary>The ids alone.</summary>
    public IEnumerable<int> Ids => Labels.Select(label => label.Id);

    /// <summary>Whether nothing but special tokens is left of the text.</summary>
    public bool IsEmpty => Labels.All(label => label.Word < 0);
}

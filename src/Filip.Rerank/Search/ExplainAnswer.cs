namespace Filip.Rerank.Search;

/// <summary>Why a picture scores as it does.</summary>
public sealed record ExplainAnswer
{
    /// <summary>The picture's id.</summary>
    public required string Id { get; init; }

    /// <summary>The late-interaction score; the tokens' contributions add up to it.</summary>
    public required double Score { get; init; }

    /// <summary>Name of the scoring contract.</summary>
    public required string Contract { get; init; }

    /// <summary>One a query token; with templates, the tokens of each.</summary>
    public required IReadOnlyList<ExplainedToken> Tokens { get; init; }

    /// <summary>Sub-words summed into words; special tokens together as word -1.</summary>
    public required IReadOnlyList<ExplainedWord> Words { get; init; }

    /// <summary>Cells across and down; null where the model has no grid, and nothing can be drawn.</summary>
    public IReadOnlyList<int>? Grid { get; init; }

    /// <summary>Width and height in pixels of what the boxes are measured in; null where there are no boxes.</summary>
    public IReadOnlyList<int>? Size { get; init; }

    /// <summary>What <see cref="Size"/> is of: <c>picture</c> where its file could be read, else <c>model_input</c>.</summary>
    public string? SizeOf { get; init; }

    /// <summary>Patches whose best token is among the words asked for.</summary>
    public required IReadOnlyList<int> Lit { get; init; }

    /// <summary>The model's own name.</summary>
    public required string Model { get; init; }

    /// <summary>The generation of the index that answered.</summary>
    public required string Generation { get; init; }
}

/// <summary>A query token and its best patch.</summary>
/// <param name="Token">The token's text, as in the vocabulary.</param>
/// <param name="Word">The number of its word; -1 for a special token.</param>
/// <param name="Contribution">Its part of the score.</param>
/// <param name="Similarity">Its dot product with the best patch.</param>
/// <param name="Patch">The patch it matches best (width * y + x).</param>
/// <param name="Box">Left, top, width and height of that patch in pixels; null where the model has no grid.</param>
public sealed record ExplainedToken(
    string Token, int Word, double Contribution, double Similarity, int Patch, IReadOnlyList<double>? Box);

/// <summary>A word and its part of the score.</summary>
/// <param name="Word">Its number; -1 for the special tokens.</param>
/// <param name="Text">Its sub-words, joined.</param>
/// <param name="Contribution">The sum of its tokens' contributions.</param>
public sealed record ExplainedWord(int Word, string Text, double Contribution);

/// <summary>An explanation with what is needed to draw it.</summary>
/// <param name="Answer">What is said.</param>
/// <param name="Heat">One number a patch: its similarity where its best token is among the words asked for, else the lowest there is.</param>
public sealed record Explanation(ExplainAnswer Answer, ReadOnlyMemory<float> Heat);

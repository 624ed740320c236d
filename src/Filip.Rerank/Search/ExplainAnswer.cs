namespace Filip.Rerank.Search;

/// <summary>Why a picture scores as it does.</summary>
public sealed record ExplainAnswer
{
    /// <summary>The picture's id.</summary>
    public required string Id { get; init; }

    /// <summary>The late-interaction score; the sum of the tokens' contributions.</summary>
    public required double Score { get; init; }

    /// <summary>Name of the scoring contract.</summary>
    public required string Contract { get; init; }

    /// <summary>One a query token.</summary>
    public required IReadOnlyList<ExplainedToken> Tokens { get; init; }

    /// <summary>Sub-words summed into words, special tokens left out.</summary>
    public required IReadOnlyList<ExplainedWord> Words { get; init; }

    /// <summary>Cells across and down; null where the model has no grid, and nothing can be drawn.</summary>
    public IReadOnlyList<int>? Grid { get; init; }

    /// <summary>Width and height, in pixels, of what the boxes are measured in: the picture where it could be read, else the model's input.</summary>
    public IReadOnlyList<int>? Size { get; init; }

    /// <summary>What <see cref="Size"/> is of: <c>picture</c> or <c>model_input</c>.</summary>
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
/// <param name="Patch">The patch it matches best (width * y + x).</param>
/// <param name="Box">Left, top, width and height of that patch in pixels; null where the model has no grid.</param>
public sealed record ExplainedToken(string Token, int Word, double Contribution, int Patch, IReadOnlyList<double>? Box);

/// <summary>A word and its part of the score.</summary>
/// <param name="Word">The word, its sub-words joined.</param>
/// <param name="Contribution">The sum of its tokens' contributions.</param>
public sealed record ExplainedWord(string Word, double Contribution);

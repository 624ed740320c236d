using Filip.Embeddings;
using Filip.Embeddings.Codecs;

namespace Filip.Rerank.LateInteraction;

/// <summary>A query token's best patch.</summary>
/// <param name="Token">Its position among the text's tokens.</param>
/// <param name="BestPatch">The patch it matches best, the lowest index among equals.</param>
/// <param name="Similarity">Their dot product.</param>
/// <param name="Contribution">What it adds to the score; 0 where the contract counts patches only.</param>
public readonly record struct TokenAlignment(int Token, int BestPatch, double Similarity, double Contribution);

/// <summary>A patch's best query token.</summary>
/// <param name="Patch">Its row; y * width + x where there is a grid.</param>
/// <param name="BestToken">The token it matches best, the lowest position among equals.</param>
/// <param name="Similarity">Their dot product.</param>
/// <param name="Contribution">What it adds to the score; 0 where the contract counts tokens only.</param>
public readonly record struct PatchAlignment(int Patch, int BestToken, double Similarity, double Contribution);

/// <summary>A word's share of the score.</summary>
/// <param name="Word">Its number in the text; -1 for special tokens.</param>
/// <param name="Text">Its pieces, joined.</param>
/// <param name="Tokens">Positions of its tokens that counted.</param>
/// <param name="Contribution">The sum of their contributions.</param>
public sealed record WordContribution(int Word, string Text, IReadOnlyList<int> Tokens, double Contribution);

/// <summary>Why a picture got its score for one text: FILIP's word to patch alignment.</summary>
/// <remarks>
/// Computed by the query's own kernel from the stored record, so it explains the very score that ranked the picture:
/// the tokens' contributions added in order, plus the patches' added in order, are <see cref="Score"/> to the last bit.
/// Tokens of weight 0 are left out.
/// </remarks>
/// <param name="Score">The score of this text.</param>
/// <param name="Grid">How the patches lie; with none, nothing can be drawn.</param>
/// <param name="Tokens">The counted tokens.</param>
/// <param name="Patches">All patches.</param>
public sealed record Alignment(
    double Score, PatchGrid Grid, IReadOnlyList<TokenAlignment> Tokens, IReadOnlyList<PatchAlignment> Patches)
{
    /// <summary>Explains one picture's score, one alignment a template; the query's score is the mean of theirs.</summary>
    /// <param name="query">The prepared query.</param>
    /// <param name="record">The picture's record.</param>
    /// <exception cref="PatchRecordException">The bytes are no sound record.</exception>
    /// <exception cref="ArgumentException">Query and record differ in dimension.</exception>
    public static IReadOnlyList<Alignment> Of(PreparedQuery query, ReadOnlySpan<byte> record)
    {
        ArgumentNullException.ThrowIfNull(query);
        query.ThrowIfDisposed();
        var view = PatchRecord.Read(record);
        if (view.Dimension != query.Dimension)
        {
            throw new ArgumentException(
                $"Query tokens have {query.Dimension} values and the record's patches {view.Dimension}; both must come from one model.",
                nameof(record));
        }

        List<Alignment> alignments = [];
        foreach (var template in query.PreparedTemplates)
        {
            alignments.Add(AlignmentFinder.Find(template, view));
        }

        return alignments;
    }

    /// <summary>The contributions by word: sub-words summed, special tokens together as word -1.</summary>
    /// <param name="labels">One label a token of the text.</param>
    public IReadOnlyList<WordContribution> Words(IReadOnlyList<TokenLabel> labels)
    {
        RefuseOtherText(labels);
        return [.. Tokens
            .GroupBy(token => labels[token.Token].Word)
            .OrderBy(word => word.Min(token => token.Token))
            .Select(word => new WordContribution(
                word.Key,
                string.Concat(word.Select(token => labels[token.Token].Text)),
                [.. word.Select(token => token.Token)],
                word.Sum(token => token.Contribution)))];
    }

    /// <summary>The patches whose best token lies in the chosen words, one flag a patch.</summary>
    /// <param name="labels">One label a token of the text.</param>
    /// <param name="words">Numbers of the chosen words.</param>
    public bool[] LitPatches(IReadOnlyList<TokenLabel> labels, IReadOnlySet<int> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        RefuseOtherText(labels);
        return LitPatches(token => words.Contains(labels[token].Word));
    }

    /// <summary>The patches whose best token is chosen, one flag a patch.</summary>
    /// <param name="chosen">True for the position of a chosen token.</param>
    public bool[] LitPatches(Func<int, bool> chosen) => [.. Patches.Select(patch => chosen(patch.BestToken))];

    private void RefuseOtherText(IReadOnlyList<TokenLabel> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (Tokens[^1].Token >= labels.Count)
        {
            throw new ArgumentException(
                $"{labels.Count} labels, but the alignment has a token at position {Tokens[^1].Token}. Give the labels of the same text.",
                nameof(labels));
        }
    }
}

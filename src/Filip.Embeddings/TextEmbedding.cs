namespace Filip.Embeddings;

/// <summary>What the text tower makes of one text.</summary>
/// <param name="Text">The text as it was tokenized (template applied).</param>
/// <param name="Tokens">The query tokens: one row a real token, padding never among them.</param>
/// <param name="Pooled">The pooled vector for stage one; empty where the model has none.</param>
/// <param name="Labels">One label a row of <paramref name="Tokens"/>.</param>
public sealed record TextEmbedding(
    string Text, EmbeddingMatrix Tokens, ReadOnlyMemory<float> Pooled, IReadOnlyList<TokenLabel> Labels);

/// <summary>What a query token stands for.</summary>
/// <param name="Id">Its id in the vocabulary.</param>
/// <param name="Text">The piece of text it stands for, as in the vocabulary.</param>
/// <param name="Word">The number of the word it belongs to, from 0; -1 for a special token.</param>
public readonly record struct TokenLabel(int Id, string Text, int Word);

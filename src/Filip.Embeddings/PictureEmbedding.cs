namespace Filip.Embeddings;

/// <summary>What the image tower makes of one picture.</summary>
/// <param name="Patches">One row a cell of the patch grid, row-major (index = width * y + x), leading tokens dropped.</param>
/// <param name="Pooled">The pooled vector for stage one, unit length.</param>
public sealed record PictureEmbedding(EmbeddingMatrix Patches, ReadOnlyMemory<float> Pooled);

using Filip.Embeddings;
using Filip.Embeddings.Codecs;
using Filip.Embeddings.Pictures;

namespace Filip.Indexer.Pipeline;

/// <summary>The model's part in an indexing job: how a picture becomes a tensor, and a tensor vectors.</summary>
/// <param name="Encoder">The image tower; called from several threads at once.</param>
/// <param name="Preprocessor">What the model folder says of sizes and normalisation; used from several threads at once.</param>
/// <param name="Grid">How the patches lie; kept in each record for explanations.</param>
public sealed record IndexingModel(IImageEncoder Encoder, PicturePreprocessor Preprocessor, PatchGrid Grid);

using Filip.Embeddings;

namespace Filip.Recall.Elastic;

/// <summary>What an index's mapping says of it.</summary>
/// <param name="Index">The index itself, where an alias was named.</param>
/// <param name="Stamp">What it was built with; null where it holds nothing of ours.</param>
/// <param name="Layout">Where our fields stand in it.</param>
/// <param name="Mapping">All its fields.</param>
/// <param name="MetaJson">The whole <c>_meta</c> as JSON, the user's members too; null where there is none.</param>
/// <param name="UpdateTrouble">Why a partial update would harm its documents; null where it would not.</param>
public sealed record ElasticIndexFacts(
    string Index, IndexStamp? Stamp, ElasticLayout Layout, ElasticMapping Mapping, string? MetaJson, string? UpdateTrouble);

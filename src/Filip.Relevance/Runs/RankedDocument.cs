namespace Filip.Relevance.Runs;

/// <summary>A document of an answer.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Score">The score it was ranked by; higher is better.</param>
public readonly record struct RankedDocument(string Id, double Score);

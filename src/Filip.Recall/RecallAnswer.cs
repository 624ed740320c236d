using System.Text.Json;

namespace Filip.Recall;

/// <summary>Stage one's candidates, best first.</summary>
/// <param name="Candidates">Ordered by falling recall score, equals by id (ordinal).</param>
/// <param name="Partial">Null, or why parts of the index did not answer; never silent.</param>
public sealed record RecallAnswer(IReadOnlyList<Candidate> Candidates, string? Partial = null)
{
    /// <summary>The candidates' patch records, the receiver's to dispose; null where they were not asked for, or the source cannot bring them along.</summary>
    public CandidateRecords? Records { get; init; }
}

/// <summary>A picture that stage one proposes.</summary>
/// <param name="Id">The picture's id.</param>
/// <param name="Rank">Its place in stage one's order, from 1.</param>
/// <param name="Score">Its recall score (dot product of the pooled vectors; of several vectors a picture the mean over the tokens of the best dot product; or the fused score with a lexical leg).</param>
public sealed record Candidate(string Id, int Rank, double Score);

/// <summary>What the index keeps of a picture beside its vectors.</summary>
/// <param name="Path">Where the picture was read from, as the source named it; null if unknown.</param>
/// <param name="Caption">Its caption; null if none.</param>
/// <param name="Attributes">The user's own fields.</param>
public sealed record PictureFields(string? Path, string? Caption, IReadOnlyDictionary<string, JsonElement> Attributes);

namespace Filip.Rerank.LateInteraction;

/// <summary>What became of one candidate. Only a scored one has a score.</summary>
public enum CandidateStatus
{
    /// <summary>Not looked at.</summary>
    None = 0,

    /// <summary>Its score counts.</summary>
    Scored,

    /// <summary>It has no record (empty bytes).</summary>
    Missing,

    /// <summary>Its record is corrupt or unknown: <see cref="LateInteractionScorer.ScoreOne"/> says why.</summary>
    Corrupt,

    /// <summary>Its record was written for another model, or has another dimension than the query.</summary>
    ForeignModel,

    /// <summary>Its products are NaN or infinite.</summary>
    NotFinite,
}

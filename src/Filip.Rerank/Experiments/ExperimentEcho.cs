namespace Filip.Rerank.Experiments;

/// <summary>What an answer says of the experiment it is part of.</summary>
/// <param name="Name">The experiment.</param>
/// <param name="Mode"><c>shadow</c>, <c>percentage</c>, <c>interleave</c> or <c>full</c>.</param>
/// <param name="Variant">Whose order it is: <c>a</c>, <c>b</c>, or <c>interleaved</c>.</param>
/// <param name="QueryId">The search's id, for the events that belong to it; every page of a search has the same. Null where nothing is recorded.</param>
/// <param name="Uncounted">Why the answer does not count, one of <see cref="UncountedReasons"/>; null where it counts.</param>
public sealed record ExperimentEcho(string Name, string Mode, string Variant, string? QueryId, string? Uncounted);

/// <summary>Why an answer is left out of the comparison.</summary>
public static class UncountedReasons
{
    /// <summary>The kill file exists: everybody gets A.</summary>
    public const string Killed = "killed";

    /// <summary>The request asked for a variant.</summary>
    public const string Forced = "forced";

    /// <summary>The request names no session, so that nothing could be kept the same for it: it gets A.</summary>
    public const string NoSession = "no_session";

    /// <summary>Interleaving: one of the two orders was a lesser one, so mixing them would compare something else; A answers.</summary>
    public const string Degraded = "degraded";
}

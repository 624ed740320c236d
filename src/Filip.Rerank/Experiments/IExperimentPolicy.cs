namespace Filip.Rerank.Experiments;

/// <summary>Who gets which variant, and how two orders become one: the decisions on which an experiment's statistics rest.</summary>
/// <remarks>
/// The service only carries these decisions out. They live with the analysis that must trust them, which this project does
/// not know: both hang on one seed, so they are one seam and not two. The same arguments give the same answer on every
/// replica and after every restart.
/// </remarks>
public interface IExperimentPolicy
{
    /// <summary>Whether a session is one of B's, where sessions are split.</summary>
    /// <param name="session">The session's id.</param>
    bool TakesB(string session);

    /// <summary>Makes one order of two, each picture once.</summary>
    /// <param name="a">A's order, best first, no id twice.</param>
    /// <param name="b">B's order, best first, no id twice.</param>
    /// <param name="session">The session's id.</param>
    /// <param name="query">The query as it was asked.</param>
    IReadOnlyList<TeamPick> Interleave(IReadOnlyList<string> a, IReadOnlyList<string> b, string session, string query);
}

/// <summary>A picture of an interleaved order.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Team">Who is credited with a click on it: one of <see cref="Teams"/>.</param>
public readonly record struct TeamPick(string Id, string Team);

/// <summary>The words for who picked a picture, and for the variants themselves.</summary>
public static class Teams
{
    /// <summary>Variant A.</summary>
    public const string A = "a";

    /// <summary>Variant B.</summary>
    public const string B = "b";

    /// <summary>Both would have put the picture there.</summary>
    public const string Both = "both";
}

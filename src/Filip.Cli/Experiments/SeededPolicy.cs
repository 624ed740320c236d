using Filip.Relevance.Online;
using Filip.Rerank.Experiments;

namespace Filip.Cli.Experiments;

/// <summary>The service's decisions, made by the same library that analyses them.</summary>
/// <param name="key">The experiment's name and seed: what every draw hangs on.</param>
/// <param name="share">B's share of the sessions.</param>
internal sealed class SeededPolicy(string key, double share) : IExperimentPolicy
{
    private readonly double[] _shares = [1 - share, share];

    /// <inheritdoc/>
    public bool TakesB(string session) => VariantAssignment.Of(key, session, _shares) == 1;

    /// <inheritdoc/>
    public IReadOnlyList<TeamPick> Interleave(IReadOnlyList<string> a, IReadOnlyList<string> b, string session, string query) =>
    [
        .. TeamDraft.Interleave(a, b, key, session, query).Select(picture => new TeamPick(picture.Id, picture.Credit switch
        {
            Credit.A => Teams.A,
            Credit.B => Teams.B,
            _ => Teams.Both,
        })),
    ];
}

using Filip.Cli.Opening;
using Filip.Relevance.Judgements;
using Filip.Relevance.Runs;
using Filip.Rerank.Search;

namespace Filip.Cli.Demo;

/// <summary>Every query of a set, answered by stage one alone and by both stages.</summary>
/// <param name="Recall">Stage one's order, as deep as the index (10,000 at most).</param>
/// <param name="Rerank">The best of it re-scored, then the rest of stage one's order.</param>
internal sealed record DemoRuns(Run Recall, Run Rerank)
{
    private const int DeepestRecall = 10_000;

    /// <summary>Asks all queries.</summary>
    /// <param name="engine">Both stages.</param>
    /// <param name="queries">What is asked.</param>
    /// <param name="candidates">How many stage two re-scores.</param>
    /// <param name="pictures">How many pictures there are.</param>
    /// <param name="stop">Ends the call.</param>
    public static async ValueTask<DemoRuns> AskAsync(
        OpenedEngine engine, IReadOnlyList<EvaluationQuery> queries, int candidates, long pictures, CancellationToken stop)
    {
        var depth = (int)Math.Clamp(pictures, 1, DeepestRecall);
        var recall = new List<KeyValuePair<string, IReadOnlyList<string>>>();
        var rerank = new List<KeyValuePair<string, IReadOnlyList<string>>>();
        foreach (var query in queries)
        {
            var first = await IdsAsync(engine, query.Text, depth, SearchMode.Recall, stop);
            var second = await IdsAsync(engine, query.Text, Math.Min(candidates, depth), SearchMode.Rerank, stop);
            recall.Add(new(query.Id, first));
            rerank.Add(new(query.Id, [.. second, .. first.Except(second)]));
        }

        return new DemoRuns(Run.FromRankings("recall", recall), Run.FromRankings("rerank", rerank));
    }

    private static async ValueTask<IReadOnlyList<string>> IdsAsync(
        OpenedEngine engine, string text, int depth, SearchMode mode, CancellationToken stop)
    {
        var answer = await engine.Engine.SearchAsync(
            new SearchRequest { Query = text, Top = depth, Candidates = depth, Mode = mode }, stop);
        return answer.Degraded
            ? throw new InvalidOperationException($"The search for '{text}' was degraded ({answer.Reason}); its figures would mean nothing.")
            : [.. answer.Results.Select(result => result.Id)];
    }
}

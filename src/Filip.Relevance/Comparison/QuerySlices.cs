using Filip.Relevance.Judgements;
using Filip.Relevance.Statistics;

namespace Filip.Relevance.Comparison;

/// <summary>Cuts the queries by family, by tag and by number of words.</summary>
internal static class QuerySlices
{
    public static IReadOnlyList<Slice> Of(
        IReadOnlyList<QueryComparison> queries,
        IReadOnlyList<EvaluationQuery> known,
        StatisticsOptions options,
        CancellationToken cancellation)
    {
        var tags = known.ToDictionary(query => query.Id, query => query.Tags ?? []);
        return
        [
            .. Kind("family", queries.Where(q => q.Family is not null).Select(q => (q.Family!, q)), options, cancellation),
            .. Kind("tag", queries.SelectMany(q => tags.GetValueOrDefault(q.Query, []).Distinct().Select(tag => (tag, q))), options, cancellation),
            .. Kind("words", queries.Where(q => q.Text is not null).Select(q => (Words(q.Text!), q)), options, cancellation),
        ];
    }

    private static Slice[] Kind(
        string kind,
        IEnumerable<(string Name, QueryComparison Query)> members,
        StatisticsOptions options,
        CancellationToken cancellation)
    {
        var parts = members
            .GroupBy(member => member.Name, member => member.Query)
            .OrderBy(part => part.Key, StringComparer.Ordinal)
            .Select(part =>
            {
                cancellation.ThrowIfCancellationRequested();
                return (part.Key, Statistics: PairedComparison.Of([.. part.Select(q => q.A[0])], [.. part.Select(q => q.B[0])], options));
            })
            .ToArray();
        double[] holm = Holm.Adjust([.. parts.Select(part => part.Statistics.Randomisation.P)]);
        return [.. parts.Select((part, i) => new Slice(kind, part.Key, part.Statistics, holm[i]))];
    }

    private static string Words(string text) =>
        text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length switch
        {
            <= 1 => "1",
            2 => "2",
            3 or 4 => "3-4",
            <= 7 => "5-7",
            _ => "8 or more",
        };
}

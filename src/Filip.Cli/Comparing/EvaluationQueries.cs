using System.Globalization;
using Filip.Cli.Terminal;
using Filip.Relevance.Judgements;

namespace Filip.Cli.Comparing;

/// <summary>The queries of a comparison.</summary>
/// <param name="Known">All whose text is known.</param>
/// <param name="Asked">Those of them that are judged: the others would be asked for nothing.</param>
/// <param name="Notes">What a reader must know about them.</param>
internal sealed record EvaluationQueries(
    IReadOnlyList<EvaluationQuery> Known, IReadOnlyList<EvaluationQuery> Asked, IReadOnlyList<string> Notes)
{
    /// <summary>Reads <c>--queries</c>; without it, judgements in CSV name queries by their text, as Quepid's do.</summary>
    /// <param name="options">What was asked.</param>
    /// <param name="qrels">The judgements.</param>
    /// <exception cref="UsageException">Queries are needed and cannot be had, or none of them is judged.</exception>
    public static EvaluationQueries Load(CompareOptions options, Qrels qrels)
    {
        var live = options.A is not RunFileSpec || options.B is not RunFileSpec || options.Sweep is not null;
        if (options.Queries is null)
        {
            if (!live)
            {
                return new EvaluationQueries([], [], []);
            }

            if (!options.Qrels.EndsWith(".csv", StringComparison.OrdinalIgnoreCase))
            {
                throw new UsageException("a variant that is searched needs the queries' texts: --queries FILE with {\"id\":…,\"text\":…} lines.");
            }

            EvaluationQuery[] texts = [.. qrels.Queries.Select(query => new EvaluationQuery(query, query))];
            return new EvaluationQueries(texts, texts, ["Without --queries, the judgements' own names of queries were searched for, as Quepid's exports have them."]);
        }

        var known = QueryFile.Read(options.Queries);
        EvaluationQuery[] asked = [.. known.Where(query => qrels.ByQuery.ContainsKey(query.Id))];
        if (live && asked.Length == 0)
        {
            throw new UsageException(
                $"none of the queries in '{options.Queries}' is judged in '{options.Qrels}': the ids there are like '{known[0].Id}' and like '{qrels.Queries[0]}'.");
        }

        var without = qrels.Queries.Except(known.Select(query => query.Id)).ToList();
        return new EvaluationQueries(known, asked, live && without.Count > 0
            ? [string.Create(CultureInfo.InvariantCulture, $"{without.Count} judged queries have no text in '{options.Queries}' and were not asked, the first: {without[0]}.")]
            : []);
    }
}

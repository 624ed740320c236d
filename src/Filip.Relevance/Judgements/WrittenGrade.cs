using System.Globalization;
using Filip.Relevance.Files;

namespace Filip.Relevance.Judgements;

/// <summary>What a form of judgements can hold; asked before the first byte is written.</summary>
internal static class WrittenGrade
{
    public static void EnsureWhole(Qrels qrels, string form)
    {
        foreach (var (query, document, grade) in Each(qrels))
        {
            if (grade != Math.Truncate(grade))
            {
                throw new InvalidDataException(
                    $"{form} holds whole grades; '{document}' of query '{query}' has {Fields.Text(grade)}. Write CSV or JSONL.");
            }
        }
    }

    public static void EnsureWithout(Qrels qrels, Func<string, bool> cannot, string form)
    {
        foreach (var (query, document, _) in Each(qrels))
        {
            if ((cannot(query) ? query : cannot(document) ? document : null) is { } id)
            {
                throw new InvalidDataException($"{form} cannot hold the id '{id}'. Write CSV or JSONL.");
            }
        }
    }

    public static string Whole(double grade) => ((long)grade).ToString(CultureInfo.InvariantCulture);

    public static IEnumerable<(string Query, string Document, double Grade)> Each(Qrels qrels) =>
        from query in qrels.Queries
        from judgement in qrels.ByQuery[query]
        select (query, judgement.Key, judgement.Value);
}

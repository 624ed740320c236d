using System.Globalization;
using Filip.Relevance.Metrics;

namespace Filip.Relevance.Comparison;

/// <summary>Sentences about what the numbers do not show.</summary>
internal static class ComparisonNotes
{
    private const int Named = 5;
    private const int FewQueries = 25;

    public static IReadOnlyList<string> Of(ComparisonRequest request, RunEvaluation a, RunEvaluation b)
    {
        var notes = new List<string>();
        Add(notes, request.Qrels.UnratedQueries, "has no rating and counts nowhere", "have no rating and count nowhere");
        Add(notes, a.Unanswered, "has no answer from A and counts 0 for it", "have no answer from A and count 0 for it");
        Add(notes, b.Unanswered, "has no answer from B and counts 0 for it", "have no answer from B and count 0 for it");
        if (a.WithoutRelevant > 0)
        {
            notes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{Queries(a.WithoutRelevant)} without a relevant document: 0 for both sides in the binary metrics."));
        }

        int unjudged = Math.Max(a.UnjudgedAnswers, b.UnjudgedAnswers);
        if (unjudged > 0)
        {
            notes.Add(string.Create(
                CultureInfo.InvariantCulture, $"{Queries(unjudged)} answered but not judged, and left aside."));
        }

        if (a.Queries.Count < FewQueries)
        {
            notes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{Queries(a.Queries.Count)} judged: so few that only large differences can be told from chance."));
        }

        if (a.Unanswered.Count == a.Queries.Count || b.Unanswered.Count == b.Queries.Count)
        {
            notes.Add("A side answers none of the judged queries: do the ids in the run and in the judgements agree?");
        }

        return notes;
    }

    private static void Add(List<string> notes, IReadOnlyList<string> queries, string one, string many)
    {
        if (queries.Count > 0)
        {
            string names = string.Join(", ", queries.Take(Named)) + (queries.Count > Named ? ", …" : "");
            notes.Add($"{Queries(queries.Count)} {(queries.Count == 1 ? one : many)} ({names}).");
        }
    }

    private static string Queries(int count) =>
        count == 1 ? "1 query" : string.Create(CultureInfo.InvariantCulture, $"{count} queries");
}

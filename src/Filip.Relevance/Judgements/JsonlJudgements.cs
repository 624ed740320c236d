using System.Text.Json;
using Filip.Relevance.Files;

namespace Filip.Relevance.Judgements;

/// <summary>Judgements as one JSON object a line.</summary>
internal static class JsonlJudgements
{
    public static void Read(ReadOnlyMemory<byte> bytes, QrelsBuilder builder, ProblemList problems)
    {
        foreach (var (number, record) in JsonLines.Of(bytes, problems))
        {
            string? query = Fields.Id(record, "query", "query_id", "qid", "query-id");
            var rating = Fields.Member(record, "rating", "grade", "relevance", "score");
            if (string.IsNullOrEmpty(query))
            {
                problems.Add(number, "No query; expected {\"query\":…,\"docid\":…,\"rating\":…}.");
            }
            else if (rating is null or { ValueKind: JsonValueKind.Null })
            {
                builder.Name(query);
            }
            else if (!Fields.TryNumber(rating.Value, out double grade))
            {
                problems.Add(number, $"The rating {rating.Value.GetRawText()} is not a number.");
            }
            else if (builder.TryAdd(
                query, Fields.Id(record, "docid", "doc_id", "document", "id", "corpus-id") ?? "", grade, number) is { } problem)
            {
                problems.Add(number, problem);
            }
        }
    }

    public static void Write(Qrels qrels, TextWriter writer)
    {
        foreach (var (query, document, grade) in WrittenGrade.Each(qrels))
        {
            writer.Write($"{{\"query\":{Text(query)},\"docid\":{Text(document)},\"rating\":{Fields.Text(grade)}}}\n");
        }

        foreach (string query in qrels.UnratedQueries)
        {
            writer.Write($"{{\"query\":{Text(query)},\"docid\":null,\"rating\":null}}\n");
        }
    }

    internal static string Text(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}

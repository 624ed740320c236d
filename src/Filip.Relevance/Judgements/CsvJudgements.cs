using Filip.Relevance.Files;

namespace Filip.Relevance.Judgements;

/// <summary>CSV judgements as Quepid exports them.</summary>
/// <remarks>A row may stop early or leave document or rating empty: the query is then named without being rated.</remarks>
internal static class CsvJudgements
{
    private static readonly string[][] s_columns =
    [
        ["query", "querytext", "queryid", "qid"],
        ["docid", "document", "documentid", "doc", "id"],
        ["rating", "grade", "relevance", "judgement", "judgment"],
    ];

    public static void Read(ReadOnlyMemory<byte> bytes, QrelsBuilder builder, ProblemList problems)
    {
        foreach (var (number, fields) in CsvTable.Rows(bytes, problems, s_columns))
        {
            string query = fields[0] ?? "";
            string rating = fields[2] ?? "";
            if (query.Length == 0)
            {
                problems.Add(number, "The query is empty.");
            }
            else if (string.IsNullOrWhiteSpace(rating))
            {
                builder.Name(query);
            }
            else if (!Fields.TryNumber(rating, out double grade))
            {
                problems.Add(number, $"The rating '{rating}' is not a number (a decimal point, no thousands).");
            }
            else if (builder.TryAdd(query, fields[1] ?? "", grade, number) is { } problem)
            {
                problems.Add(number, problem);
            }
        }
    }

    public static void Write(Qrels qrels, TextWriter writer)
    {
        writer.Write("query,docid,rating\n");
        foreach (var (query, document, grade) in WrittenGrade.Each(qrels))
        {
            writer.Write($"{CsvTable.Field(query)},{CsvTable.Field(document)},{Fields.Text(grade)}\n");
        }

        foreach (string query in qrels.UnratedQueries)
        {
            writer.Write($"{CsvTable.Field(query)},,\n");
        }
    }
}

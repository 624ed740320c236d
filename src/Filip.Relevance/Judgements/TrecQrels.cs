using System.Globalization;
using Filip.Relevance.Files;

namespace Filip.Relevance.Judgements;

/// <summary>TREC qrels, read as strictly as trec_eval reads them.</summary>
internal static class TrecQrels
{
    public static void Read(ReadOnlyMemory<byte> bytes, QrelsBuilder builder, ProblemList problems)
    {
        foreach (var (number, text) in NumberedLines.Of(bytes, problems))
        {
            string[] fields = Fields.SplitAtBlanks(text);
            if (fields.Length != 4)
            {
                problems.Add(number, string.Create(
                    CultureInfo.InvariantCulture, $"{fields.Length} columns; a judgement has 4: query 0 document grade."));
            }
            else if (!Fields.TryNumber(fields[3], out double grade) || grade != Math.Truncate(grade))
            {
                problems.Add(number, $"The grade '{fields[3]}' is not a whole number.");
            }
            else if (builder.TryAdd(fields[0], fields[2], grade, number) is { } problem)
            {
                problems.Add(number, problem);
            }
        }
    }

    public static void Write(Qrels qrels, TextWriter writer)
    {
        WrittenGrade.EnsureWhole(qrels, "TREC's form");
        WrittenGrade.EnsureWithout(qrels, Fields.HasBlank, "TREC's form");
        foreach (var (query, document, grade) in WrittenGrade.Each(qrels))
        {
            writer.Write($"{query} 0 {document} {WrittenGrade.Whole(grade)}\n");
        }
    }
}

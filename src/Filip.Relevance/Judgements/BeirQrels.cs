using System.Globalization;
using Filip.Relevance.Files;

namespace Filip.Relevance.Judgements;

/// <summary>BEIR's tab-separated judgements; ids may hold blanks.</summary>
internal static class BeirQrels
{
    private const string Header = "query-id\tcorpus-id\tscore";

    public static void Read(ReadOnlyMemory<byte> bytes, QrelsBuilder builder, ProblemList problems)
    {
        bool first = true;
        foreach (var (number, text) in NumberedLines.Of(bytes, problems))
        {
            if (first && text.TrimEnd() == Header)
            {
                first = false;
                continue;
            }

            string[] fields = text.Split('\t');
            if (first)
            {
                problems.Add(number, $"The header is '{text}'; expected query-id, corpus-id and score between tabs.");
                first = false;
            }
            else if (fields.Length != 3)
            {
                problems.Add(number, string.Create(
                    CultureInfo.InvariantCulture, $"{fields.Length} columns between tabs; a judgement has 3."));
            }
            else if (!Fields.TryNumber(fields[2], out double grade) || grade != Math.Truncate(grade))
            {
                problems.Add(number, $"The score '{fields[2]}' is not a whole number.");
            }
            else if (builder.TryAdd(fields[0], fields[1], grade, number) is { } problem)
            {
                problems.Add(number, problem);
            }
        }
    }

    public static void Write(Qrels qrels, TextWriter writer)
    {
        WrittenGrade.EnsureWhole(qrels, "BEIR's form");
        WrittenGrade.EnsureWithout(qrels, id => id.AsSpan().IndexOfAny("\t\r\n") >= 0, "BEIR's form");
        writer.Write($"{Header}\n");
        foreach (var (query, document, grade) in WrittenGrade.Each(qrels))
        {
            writer.Write($"{query}\t{document}\t{WrittenGrade.Whole(grade)}\n");
        }
    }
}

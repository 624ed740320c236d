using System.Globalization;
using Filip.Relevance.Files;
using Filip.Relevance.Judgements;

namespace Filip.Relevance.Runs;

/// <summary>The forms a run file may have.</summary>
public enum RunFormat
{
    /// <summary>TREC: <c>query Q0 document rank score name</c>, separated by blanks; the rank is not read.</summary>
    Trec,

    /// <summary>CSV with a header: <c>query,docid,score</c>.</summary>
    Csv,

    /// <summary>One JSON object a line: <c>{"query":…,"docid":…,"score":…}</c>.</summary>
    Jsonl,
}

/// <summary>Reads and writes runs in every form.</summary>
public static class RunFile
{
    private static readonly string[][] s_columns =
    [
        ["query", "querytext", "queryid", "qid"],
        ["docid", "document", "documentid", "doc", "id"],
        ["score", "similarity"],
    ];

    /// <summary>Reads a run file; its form is told from its name (.csv, .jsonl, else TREC).</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="RelevanceFileException">A line is wrong, a document is answered twice, or the file is empty.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Run Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        return Parse(bytes, FormatOf(path, bytes), path);
    }

    /// <summary>Reads a run from bytes.</summary>
    /// <param name="bytes">The file's bytes, UTF-8.</param>
    /// <param name="format">Its form.</param>
    /// <param name="name">What the file is called in error messages.</param>
    /// <exception cref="RelevanceFileException">A line is wrong, a document is answered twice, or the file is empty.</exception>
    public static Run Parse(ReadOnlyMemory<byte> bytes, RunFormat format, string name)
    {
        var problems = new ProblemList(name);
        var builder = new RunBuilder(Path.GetFileNameWithoutExtension(name));
        switch (format)
        {
            case RunFormat.Trec: ReadTrec(bytes, builder, problems); break;
            case RunFormat.Csv: ReadCsv(bytes, builder, problems); break;
            case RunFormat.Jsonl: ReadJsonl(bytes, builder, problems); break;
            default: throw new ArgumentOutOfRangeException(nameof(format), format, "No such form of runs.");
        }

        problems.ThrowIfAny();
        if (builder.IsEmpty)
        {
            problems.Add(1, "The file holds no answer. A system that found nothing is not the same as a file left empty.");
            problems.ThrowIfAny();
        }

        return builder.Build();
    }

    /// <summary>Writes a run, each answer best first.</summary>
    /// <param name="run">What to write.</param>
    /// <param name="format">The form to write.</param>
    /// <param name="writer">Where to.</param>
    /// <exception cref="InvalidDataException">The form cannot hold an id; nothing was written.</exception>
    public static void Write(Run run, RunFormat format, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(writer);
        if (format == RunFormat.Trec)
        {
            EnsureFitsTrec(run);
        }
        else if (format == RunFormat.Csv)
        {
            writer.Write("query,docid,score\n");
        }

        foreach (string query in run.Queries)
        {
            int rank = 0;
            foreach (var (id, score) in run[query])
            {
                rank++;
                writer.Write(format switch
                {
                    RunFormat.Trec => string.Create(
                        CultureInfo.InvariantCulture, $"{query} Q0 {id} {rank} {Fields.Text(score)} {TrecName(run.Name)}\n"),
                    RunFormat.Csv => $"{CsvTable.Field(query)},{CsvTable.Field(id)},{Fields.Text(score)}\n",
                    RunFormat.Jsonl =>
                        $"{{\"query\":{JsonlJudgements.Text(query)},\"docid\":{JsonlJudgements.Text(id)},\"score\":{Fields.Text(score)}}}\n",
                    _ => throw new ArgumentOutOfRangeException(nameof(format), format, "No such form of runs."),
                });
            }
        }
    }

    private static RunFormat FormatOf(string path, ReadOnlyMemory<byte> bytes) =>
        Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".csv" => RunFormat.Csv,
            ".jsonl" or ".ndjson" => RunFormat.Jsonl,
            _ when NumberedLines.WithoutMark(bytes).Span.StartsWith("{"u8) => RunFormat.Jsonl,
            _ => RunFormat.Trec,
        };

    private static void ReadTrec(ReadOnlyMemory<byte> bytes, RunBuilder builder, ProblemList problems)
    {
        bool named = false;
        foreach (var (number, text) in NumberedLines.Of(bytes, problems))
        {
            string[] fields = Fields.SplitAtBlanks(text);
            if (fields.Length != 6)
            {
                problems.Add(number, string.Create(
                    CultureInfo.InvariantCulture,
                    $"{fields.Length} columns; a line of a run has 6: query Q0 document rank score name."));
            }
            else if (!Fields.TryNumber(fields[4], out double score))
            {
                problems.Add(number, $"The score '{fields[4]}' is not a finite number.");
            }
            else if (builder.TryAdd(fields[0], fields[2], score, number) is { } problem)
            {
                problems.Add(number, problem);
            }
            else if (!named)
            {
                (builder.RunName, named) = (fields[5], true);
            }
        }
    }

    private static void ReadCsv(ReadOnlyMemory<byte> bytes, RunBuilder builder, ProblemList problems)
    {
        foreach (var (number, fields) in CsvTable.Rows(bytes, problems, s_columns))
        {
            if (!Fields.TryNumber(fields[2] ?? "", out double score))
            {
                problems.Add(number, $"The score '{fields[2]}' is not a finite number.");
            }
            else if (builder.TryAdd(fields[0] ?? "", fields[1] ?? "", score, number) is { } problem)
            {
                problems.Add(number, problem);
            }
        }
    }

    private static void ReadJsonl(ReadOnlyMemory<byte> bytes, RunBuilder builder, ProblemList problems)
    {
        foreach (var (number, record) in JsonLines.Of(bytes, problems))
        {
            string query = Fields.Id(record, "query", "query_id", "qid") ?? "";
            string document = Fields.Id(record, "docid", "doc_id", "document", "id") ?? "";
            if (Fields.Member(record, "score") is not { } value || !Fields.TryNumber(value, out double score))
            {
                problems.Add(number, "No finite number 'score'; expected {\"query\":…,\"docid\":…,\"score\":…}.");
            }
            else if (builder.TryAdd(query, document, score, number) is { } problem)
            {
                problems.Add(number, problem);
            }
        }
    }

    private static void EnsureFitsTrec(Run run)
    {
        foreach (string query in run.Queries)
        {
            if ((Fields.HasBlank(query) ? query : run[query].FirstOrDefault(d => Fields.HasBlank(d.Id)).Id) is { } id)
            {
                throw new InvalidDataException($"TREC's form cannot hold the id '{id}'. Write CSV or JSONL.");
            }
        }
    }

    private static string TrecName(string name) =>
        name.Length == 0 ? "run" : string.Concat(name.Select(c => char.IsWhiteSpace(c) ? '_' : c));
}

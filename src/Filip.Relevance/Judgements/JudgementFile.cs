using Filip.Relevance.Files;

namespace Filip.Relevance.Judgements;

/// <summary>Reads and writes judgements in every form.</summary>
public static class JudgementFile
{
    /// <summary>Reads a judgement file; its form is told from its name and its first bytes.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="RelevanceFileException">A line is wrong, a document is judged twice, or nothing is judged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Qrels Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        return Parse(bytes, FormatOf(path, bytes), path);
    }

    /// <summary>Reads a judgement file of a known form.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">Its form.</param>
    /// <exception cref="RelevanceFileException">A line is wrong, a document is judged twice, or nothing is judged.</exception>
    public static Qrels Read(string path, JudgementFormat format) => Parse(File.ReadAllBytes(path), format, path);

    /// <summary>Reads judgements from bytes.</summary>
    /// <param name="bytes">The file's bytes, UTF-8.</param>
    /// <param name="format">Its form.</param>
    /// <param name="name">What the file is called in error messages.</param>
    /// <exception cref="RelevanceFileException">A line is wrong, a document is judged twice, or nothing is judged.</exception>
    public static Qrels Parse(ReadOnlyMemory<byte> bytes, JudgementFormat format, string name)
    {
        var problems = new ProblemList(name);
        var builder = new QrelsBuilder();
        switch (format)
        {
            case JudgementFormat.Trec: TrecQrels.Read(bytes, builder, problems); break;
            case JudgementFormat.Csv: CsvJudgements.Read(bytes, builder, problems); break;
            case JudgementFormat.Jsonl: JsonlJudgements.Read(bytes, builder, problems); break;
            case JudgementFormat.Beir: BeirQrels.Read(bytes, builder, problems); break;
            case JudgementFormat.RankEval: RankEvalBody.Read(bytes, builder, problems); break;
            default: throw new ArgumentOutOfRangeException(nameof(format), format, "No such form of judgements.");
        }

        problems.ThrowIfAny();
        if (builder.IsEmpty)
        {
            problems.Add(1, "The file holds no judgement. Without one there is nothing to measure against.");
            problems.ThrowIfAny();
        }

        return builder.Build();
    }

    /// <summary>Writes judgements.</summary>
    /// <param name="qrels">What to write.</param>
    /// <param name="format">The form to write.</param>
    /// <param name="writer">Where to.</param>
    /// <exception cref="InvalidDataException">The form cannot hold an id or a grade; nothing was written.</exception>
    public static void Write(Qrels qrels, JudgementFormat format, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(qrels);
        ArgumentNullException.ThrowIfNull(writer);
        switch (format)
        {
            case JudgementFormat.Trec: TrecQrels.Write(qrels, writer); break;
            case JudgementFormat.Csv: CsvJudgements.Write(qrels, writer); break;
            case JudgementFormat.Jsonl: JsonlJudgements.Write(qrels, writer); break;
            case JudgementFormat.Beir: BeirQrels.Write(qrels, writer); break;
            case JudgementFormat.RankEval: RankEvalBody.Write(qrels, writer); break;
            default: throw new ArgumentOutOfRangeException(nameof(format), format, "No such form of judgements.");
        }
    }

    /// <summary>The form of a file, from its name and, where that says nothing, its first bytes.</summary>
    /// <param name="path">The file's name.</param>
    /// <param name="bytes">Its bytes.</param>
    public static JudgementFormat FormatOf(string path, ReadOnlyMemory<byte> bytes) =>
        Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".csv" => JudgementFormat.Csv,
            ".jsonl" or ".ndjson" => JudgementFormat.Jsonl,
            ".json" => JudgementFormat.RankEval,
            ".tsv" => JudgementFormat.Beir,
            _ => FormatOf(NumberedLines.WithoutMark(bytes).Span.TrimStart(" \t\r\n"u8)),
        };

    private static JudgementFormat FormatOf(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith("query-id\t"u8) ? JudgementFormat.Beir
        : bytes.StartsWith("query,"u8) ? JudgementFormat.Csv
        : !bytes.StartsWith("{"u8) ? JudgementFormat.Trec
        : bytes.IndexOf("\"requests\""u8) >= 0 ? JudgementFormat.RankEval
        : JudgementFormat.Jsonl;
}

using Filip.Cli.Commands;
using Filip.Cli.Terminal;
using Filip.Indexer;
using Filip.Relevance.Comparison;
using Filip.Relevance.Judgements;
using Filip.Relevance.Metrics;
using Filip.Relevance.Report;
using Filip.Relevance.Runs;

namespace Filip.Cli.Comparing;

/// <summary>One comparison, from its files to its answer.</summary>
/// <param name="options">What was asked.</param>
/// <param name="variants">Opens what is searched.</param>
internal sealed class CompareRun(CompareOptions options, OpenedVariants variants)
{
    private readonly EvaluationOptions _evaluation = new() { RelevanceLevel = options.Level };

    /// <summary>Compares, prints and writes; the exit code says what the gates say.</summary>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        var qrels = JudgementFile.Read(options.Qrels);
        var queries = EvaluationQueries.Load(options, qrels);
        var settings = await SweepRuns.OpenAsync(options.Sweep, options.B, variants, stop);
        var (a, b) = await AnswersAsync(queries, stop);
        var result = RunComparison.Of(
            new ComparisonRequest(qrels, a.Variant, b.Variant)
            {
                Metrics = options.Metrics,
                Queries = queries.Known,
                Candidates = b.Candidates ?? a.Candidates,
                Evaluation = _evaluation,
                Statistics = options.Statistics,
                Setting = variants.Setting(),
            },
            stop);
        result = result with { Notes = [.. queries.Notes, .. a.Notes, .. b.Notes, .. result.Notes] };
        var sweep = await SweepRuns.AskAsync(settings, qrels, queries.Asked, options.Metrics[0], _evaluation, options.Quiet, stop);
        GateVerdict[] gates = [.. options.Gates.Select(gate => gate.Evaluate(result))];
        await WriteFilesAsync(result, qrels, queries, a, b, sweep, stop);
        Print(result, sweep, gates);
        return gates.Any(gate => gate.Failed) ? ExitCode.Failure : ExitCode.Ok;
    }

    private async Task<(AskedVariant A, AskedVariant B)> AnswersAsync(EvaluationQueries queries, CancellationToken stop)
    {
        VariantSpec[] sides = [options.A, options.B];
        var asked = new List<(string Spec, IVariant Variant)>();
        foreach (var side in sides.Where(side => side is not RunFileSpec))
        {
            asked.Add((side.Text, await variants.OpenAsync(side, stop)));
        }

        // Read first: a broken file must not be found after an hour of asking.
        var read = sides.OfType<RunFileSpec>().Select(file => new AskedVariant(new Variant(file.Text, RunFile.Read(file.File)), null, [])).ToList();
        var answered = new Queue<AskedVariant>(await VariantAsking.AskAsync(asked, queries.Asked, options.Quiet, stop));
        var files = new Queue<AskedVariant>(read);
        AskedVariant[] both = [.. sides.Select(side => side is RunFileSpec ? files.Dequeue() : answered.Dequeue())];
        return (both[0], both[1]);
    }

    private async ValueTask WriteFilesAsync(
        ComparisonResult result, Qrels qrels, EvaluationQueries queries, AskedVariant a, AskedVariant b, IReadOnlyList<SweepPoint> sweep, CancellationToken stop)
    {
        var files = options.Files;
        Write(files.PerQuery, "values of each query", writer => PerQueryCsv.Write(result, writer));
        Write(files.RunA, "answers of A", writer => RunFile.Write(a.Variant.Run, FormatOf(files.RunA!), writer));
        Write(files.RunB, "answers of B", writer => RunFile.Write(b.Variant.Run, FormatOf(files.RunB!), writer));
        if (files.Report is not null)
        {
            var page = new ComparisonReportOptions
            {
                Qrels = qrels,
                RelevantGrade = options.Level,
                Sweep = sweep,
            };
            var shown = result.Gains.Concat(result.Losses).SelectMany(query => query.TopA.Take(page.Shown).Concat(query.TopB.Take(page.Shown)));
            var thumbnails = await ThumbnailsAsync(shown, stop);
            Write(files.Report, "report", writer => ComparisonReport.Write(
                result, writer, page with { Thumbnail = thumbnails.Count > 0 ? id => thumbnails.GetValueOrDefault(id) : null }));
        }

        if (files.Judge is not null)
        {
            var page = new JudgingPageOptions { Seed = options.Statistics.Seed, RelevantGrade = Math.Max(options.Level, qrels.HighestGrade) };
            JudgingQuery[] pairs = [.. result.Queries.Select(query => new JudgingQuery(
                query.Query, query.Text ?? query.Query, [.. query.TopA.Take(page.Shown)], [.. query.TopB.Take(page.Shown)]))];
            var thumbnails = await ThumbnailsAsync(pairs.SelectMany(pair => pair.A.Concat(pair.B)), stop);
            Write(files.Judge, "judging page", writer => JudgingPage.Write(
                pairs, writer, page with { Thumbnail = id => thumbnails.GetValueOrDefault(id) }));
        }
    }

    private async ValueTask<IReadOnlyDictionary<string, byte[]>> ThumbnailsAsync(IEnumerable<string> shown, CancellationToken stop)
    {
        const int Side = 168; // twice what the pages show, for sharp screens
        string[] ids = [.. shown.Distinct()];
        var found = await Thumbnails.LoadAsync(ids, await variants.FieldsAsync(ids, stop), PictureFolders(), Side, stop);
        if (found.Count == 0 && ids.Length > 0 && options.Files.Pictures is not null)
        {
            Screen.Note($"filip: none of the pictures is below '{options.Files.Pictures}'; the pages show ids instead.", quiet: false);
        }

        return found;
    }

    /// <summary>The folder that was named, else here and where queries and judgements lie: sets often keep all together.</summary>
    private IReadOnlyList<string> PictureFolders() => options.Files.Pictures is { } named
        ? [named]
        : [.. new[] { ".", Folder(options.Queries), Folder(options.Qrels) }.OfType<string>().Distinct()];

    private static string? Folder(string? file) => file is null ? null : Path.GetDirectoryName(Path.GetFullPath(file));

    private void Write(string? file, string what, Action<TextWriter> write)
    {
        if (file is not null)
        {
            CompareFiles.Write(file, write);
            Screen.Note($"{what}: {file}", options.Quiet);
        }
    }

    private void Print(ComparisonResult result, IReadOnlyList<SweepPoint> sweep, IReadOnlyList<GateVerdict> gates)
    {
        if (options.Format == OutputFormat.Text)
        {
            ComparisonTable.Print(result);
            if (sweep.Count > 0)
            {
                SweepTable.Print(sweep, result.Metrics[0].ToString());
            }
        }
        else
        {
            Screen.WriteLine(ComparisonJson.Of(result, gates, sweep));
        }

        foreach (var note in result.Notes)
        {
            Screen.Note($"filip: {note}", options.Quiet);
        }

        foreach (var gate in gates)
        {
            // A failed gate is why the exit code is 1: said even to who asked for quiet.
            Screen.Note($"filip: gate {gate.Sentence}", options.Quiet && !gate.Failed);
        }
    }

    private static RunFormat FormatOf(string file) => Path.GetExtension(file).ToLowerInvariant() switch
    {
        ".csv" => RunFormat.Csv,
        ".jsonl" or ".ndjson" => RunFormat.Jsonl,
        _ => RunFormat.Trec,
    };
}

using Filip.Cli.Commands;
using Filip.Cli.Opening;
using Filip.Embeddings.Pictures;
using Filip.Relevance.Judgements;
using Filip.Relevance.Metrics;
using Filip.Relevance.Report;
using Filip.Relevance.Runs;
using Filip.Rerank.Search;

namespace Filip.Cli.Demo;

/// <summary>The demo's one self-contained page: queries, both answers as pictures, and which patches matched.</summary>
internal static class DemoReport
{
    private const int QueriesAFamily = 4;
    private const int Shown = 5;
    private const int ThumbnailSide = 96;
    private const int HeatMaps = 3;

    /// <summary>Writes the page.</summary>
    public static async ValueTask WriteAsync(
        string file, DemoSet set, DemoRuns runs, IReadOnlyList<(MetricName Metric, double Recall, double Rerank)> metrics,
        OpenedEngine engine, CancellationToken stop)
    {
        var shown = DemoTable.Choose(set.Queries, QueriesAFamily);
        var ids = shown.SelectMany(query => Top(runs.Recall, query).Concat(Top(runs.Rerank, query))).Distinct().ToList();
        var fields = await engine.Index.Source.GetFieldsAsync(ids, stop);
        var thumbnails = new Dictionary<string, byte[]?>(StringComparer.Ordinal);
        foreach (var id in ids)
        {
            thumbnails[id] = await ThumbnailAsync(set, fields.GetValueOrDefault(id)?.Path, stop);
        }

        var queries = new List<BeforeAfterQuery>();
        foreach (var query in shown)
        {
            queries.Add(new BeforeAfterQuery(
                query.Id, query.Text, Top(runs.Recall, query), Top(runs.Rerank, query), await HeatMapsAsync(set, runs, query, engine, stop)));
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        Directory.CreateDirectory(folder);
        var temporary = file + ".new";
        await using (var writer = new StreamWriter(temporary))
        {
            BeforeAfterReport.Write(
                queries,
                [.. metrics.Select(metric => (metric.Metric.ToString(), metric.Recall, metric.Rerank))],
                writer,
                new BeforeAfterOptions
                {
                    Title = "Filip.Hybrid: before and after late interaction",
                    Introduction = $"{set.Queries.Count} queries on the sample pictures; the first {QueriesAFamily} of each family are shown, none picked for its result. "
                        + "Stage one compares one pooled vector a picture; stage two compares each word with each patch. "
                        + "Below each query: the patches that its words matched best on the first reranked pictures.",
                    BeforeName = "stage one",
                    AfterName = "reranked",
                    Thumbnail = id => thumbnails.GetValueOrDefault(id),
                    Grade = (query, id) => set.Qrels.ByQuery.GetValueOrDefault(query)?.GetValueOrDefault(id),
                    RelevantGrade = set.RelevantGrade,
                    Shown = Shown,
                });
        }

        File.Move(temporary, file, overwrite: true);
    }

    private static async ValueTask<IReadOnlyList<CaptionedPicture>> HeatMapsAsync(
        DemoSet set, DemoRuns runs, EvaluationQuery query, OpenedEngine engine, CancellationToken stop)
    {
        var maps = new List<CaptionedPicture>();
        var answer = await engine.Engine.SearchAsync(new SearchRequest { Query = query.Text, Top = HeatMaps, Candidates = 100 }, stop);
        foreach (var result in answer.Results)
        {
            if (await Explanations.DrawAsync(engine, query.Text, result, set.Folder, stop) is { } png)
            {
                maps.Add(new CaptionedPicture($"{result.Id}, {result.Score:0.000}", png));
            }
        }

        return maps;
    }

    private static async ValueTask<byte[]?> ThumbnailAsync(DemoSet set, string? path, CancellationToken stop)
    {
        var file = path is null ? null : Path.Combine(set.Folder, path);
        return file is not null && File.Exists(file)
            ? PictureWriter.JpegThumbnail(PictureDecoder.Decode(await File.ReadAllBytesAsync(file, stop)), ThumbnailSide)
            : null;
    }

    private static List<string> Top(Run run, EvaluationQuery query) =>
        [.. run[query.Id].Take(Shown).Select(document => document.Id)];
}

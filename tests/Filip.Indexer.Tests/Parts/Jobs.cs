using System.Text.Json;
using Filip.Indexer.Pipeline;
using Filip.Indexer.Sources;
using Filip.Testing;

namespace Filip.Indexer.Tests.Parts;

/// <summary>Short ways to run a job over a scratch folder, and to read what it left.</summary>
internal static class Jobs
{
    public static Task<IndexingSummary> RunAsync(
        this ScratchFolder scratch,
        IImageSink sink,
        string source = "pictures",
        Func<IndexingOptions, IndexingOptions>? with = null,
        SmallTower? tower = null,
        IPictureSource? from = null,
        CancellationToken drain = default,
        CancellationToken abort = default)
    {
        var options = new IndexingOptions { DeadLetterFile = scratch.At("dead.jsonl"), BatchSize = 3, Concurrency = 2, WriteBatch = 4 };
        return new IndexingJob(
            from ?? PictureSources.Open(scratch.At(source)), (tower ?? new SmallTower()).Model, sink, with?.Invoke(options) ?? options)
            .RunAsync(null, drain, abort);
    }

    public static List<DeadLetter> DeadLetters(this ScratchFolder scratch) => ReadDeadLetters(scratch.At("dead.jsonl"));

    public static List<DeadLetter> ReadDeadLetters(string file) => !File.Exists(file)
        ? []
        : [.. File.ReadLines(file).Select(line => JsonSerializer.Deserialize(line, IndexingJson.Default.DeadLetter)!)];

    public static async Task<List<SourceItem>> ToListAsync(this IPictureSource source)
    {
        var items = new List<SourceItem>();
        await foreach (var item in source.ReadAsync(CancellationToken.None))
        {
            items.Add(item);
        }

        return items;
    }

    public static IEnumerable<PictureEntry> Entries(this IEnumerable<SourceItem> items) =>
        items.OfType<SourceItem.Named>().Select(item => item.Entry);

    public static IEnumerable<DeadLetter> Refused(this IEnumerable<SourceItem> items) =>
        items.OfType<SourceItem.Refused>().Select(item => item.Letter);

    /// <summary>A trial case's folder: the full set's, or the committed copy.</summary>
    public static string Trial(string name)
    {
        var full = GoldenFiles.Trials is { } trials ? Path.Combine(trials, name) : null;
        var folder = full is not null && Directory.Exists(full) ? full : Path.Combine(GoldenFiles.Committed, "trials", name);
        Assert.SkipUnless(Directory.Exists(folder), $"The trial '{name}' is neither in FILIP_TRIALS, ../shared/trials nor tests/golden.");
        return folder;
    }
}

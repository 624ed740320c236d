using Filip.Embeddings;
using Filip.Embeddings.Codecs;
using Filip.Embeddings.Models;
using Filip.Embeddings.Towers;
using Filip.Indexer.Embedded;
using Filip.Indexer.Pipeline;
using Filip.Recall.Embedded;
using Filip.Testing;

namespace Filip.Indexer.Tests.Parts;

/// <summary>The demo model and the embedded index: the parts that users run.</summary>
internal static class DemoModel
{
    private static readonly Lazy<(IndexingModel Model, IndexStamp Stamp)> s_loaded = new(Load);

    public static IndexStamp Stamp => s_loaded.Value.Stamp;

    public static IndexingModel Model => s_loaded.Value.Model;

    public static EmbeddedImageSink OpenSink(ScratchFolder scratch) =>
        new(EmbeddedIndex.Create(scratch.At("index"), Stamp));

    /// <summary>Indexes a source into the scratch folder's index, as the command line does.</summary>
    public static async Task<IndexingSummary> IndexAsync(this ScratchFolder scratch, string source, IndexingOptions? options = null)
    {
        await using var sink = OpenSink(scratch);
        options = (options ?? new IndexingOptions()) with { DeadLetterFile = scratch.At("dead.jsonl") };
        return await new IndexingJob(Indexer.Sources.PictureSources.Open(source), Model, sink, options).RunAsync();
    }

    public static async Task<List<string>> IdsAsync(this ScratchFolder scratch)
    {
        await using var sink = OpenSink(scratch);
        var ids = new List<string>();
        await foreach (var id in sink.ListIdsAsync(CancellationToken.None))
        {
            ids.Add(id);
        }

        return ids;
    }

    private static (IndexingModel, IndexStamp) Load()
    {
        var folder = ModelFolder.Load(GoldenFiles.Models);
        return (
            new IndexingModel(folder.OpenImageTower(new TowerOptions { Device = TowerDevice.Cpu }), folder.CreatePreprocessor(), folder.Grid),
            folder.StampFor(PatchCodec.F16));
    }
}

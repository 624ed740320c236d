using Filip.Cli.Terminal;
using Filip.Embeddings.Models;
using Filip.Embeddings.Towers;
using Filip.Indexer;
using Filip.Indexer.Pipeline;
using Filip.Indexer.Sources;

namespace Filip.Cli.Opening;

/// <summary>Wires a source, the model's image tower and a sink into a job, and draws it while it runs.</summary>
internal static class IndexJob
{
    /// <summary>Runs the job.</summary>
    public static async Task<IndexingSummary> RunAsync(
        IPictureSource source, ModelFolder model, TowerOptions towers, IImageSink sink, IndexingOptions options, bool quiet,
        CancellationToken drain, CancellationToken stop)
    {
        using var tower = model.OpenImageTower(towers);
        var job = new IndexingJob(
            source,
            new IndexingModel(tower, model.CreatePreprocessor(), model.Grid),
            sink,
            options);
        return await IndexingProgressBar.RunAsync(quiet, progress => job.RunAsync(progress, drain, stop));
    }
}

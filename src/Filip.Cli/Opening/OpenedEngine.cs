using System.CommandLine;
using Filip.Cli.Commands;
using Filip.Embeddings.Models;
using Filip.Embeddings.Towers;
using Filip.Rerank.Patches;
using Filip.Rerank.Search;

namespace Filip.Cli.Opening;

/// <summary>Both stages over one index, with the model that made it.</summary>
internal sealed class OpenedEngine : IAsyncDisposable
{
    private readonly List<IDisposable> _towers = [];
    private SearchEngineParts _parts = null!;

    private OpenedEngine(OpenedIndex index, ModelFolder model)
    {
        Index = index;
        Model = model;
    }

    /// <summary>The two-stage search.</summary>
    public SearchEngine Engine { get; private set; } = null!;

    /// <summary>The index.</summary>
    public OpenedIndex Index { get; }

    /// <summary>The model folder.</summary>
    public ModelFolder Model { get; }

    /// <summary>Opens index and model and refuses them where they do not belong together.</summary>
    /// <param name="place">The index: a folder or a URL.</param>
    /// <param name="parsed">The global options.</param>
    /// <param name="options">Limits and deadline.</param>
    /// <param name="byPicture">Whether the image tower is wanted too.</param>
    /// <param name="patchCacheBytes">Bytes of patch records kept in memory; 0 for none.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async ValueTask<OpenedEngine> OpenAsync(
        string place, ParseResult parsed, SearchOptions options, bool byPicture, long patchCacheBytes, CancellationToken cancellationToken)
    {
        var model = ModelPlace.Load(parsed);
        var index = await OpenedIndex.OpenAsync(place, parsed.GetValue(StageOneOptions.NumCandidates), cancellationToken);
        try
        {
            var running = model.StampFor(index.Stamp.Codec) with { PooledVectors = index.Stamp.PooledVectors };
            index.Stamp.EnsureUsableBy(running);
            var opened = new OpenedEngine(index, model);
            var towers = ModelPlace.Towers(parsed);
            var text = model.OpenTextTower(towers);
            opened._towers.Add(text);
            OnnxImageEncoder? image = null;
            if (byPicture)
            {
                image = model.OpenImageTower(towers);
                opened._towers.Add(image);
            }

            opened._parts = new SearchEngineParts
            {
                TextEncoder = text,
                CandidateSource = index.Source,
                PatchStore = Cached(index, patchCacheBytes),
                RunningStamp = running,
                ImageEncoder = image,
                Preprocessor = model.CreatePreprocessor(),
                TextContext = model.Manifest.Text.Context,
                VerifyRecords = !index.IsEmbedded,
                Templates = model.Manifest.Templates,
                Options = options,
            };
            opened.Engine = new SearchEngine(opened._parts);
            return opened;
        }
        catch
        {
            await index.DisposeAsync();
            throw;
        }
    }

    /// <summary>A second search over the same index and towers, put together otherwise: to compare the two.</summary>
    /// <param name="change">Changes the parts; what it adds is the caller's to dispose.</param>
    public SearchEngine With(Func<SearchEngineParts, SearchEngineParts> change) => new(change(_parts));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Index.DisposeAsync();
        _towers.ForEach(tower => tower.Dispose());
    }

    // The embedded store maps its files: the system's own page cache serves it already.
    private static IPatchStore Cached(OpenedIndex index, long bytes) =>
        bytes > 0 && !index.IsEmbedded
            ? new CachingPatchStore(index.Patches, () => index.Source.Generation, bytes, TimeSpan.FromMinutes(1))
            : index.Patches;
}

using Filip.Embeddings;
using Filip.Recall;
using Filip.Recall.Elastic;
using Filip.Recall.Embedded;
using Filip.Rerank.Elastic;
using Filip.Rerank.Patches;

namespace Filip.Cli.Opening;

/// <summary>An index opened for searching: a folder (embedded) or a URL (Elasticsearch). Nothing else knows which.</summary>
internal sealed class OpenedIndex : IAsyncDisposable
{
    private readonly List<IDisposable> _owned = [];

    private OpenedIndex(ICandidateSource source, IPatchStore patches, bool isEmbedded)
    {
        IsEmbedded = isEmbedded;
        Source = source;
        Patches = patches;
    }

    /// <summary>Stage one.</summary>
    public ICandidateSource Source { get; }

    /// <summary>Stage two's records.</summary>
    public IPatchStore Patches { get; }

    /// <summary>What it was built with.</summary>
    public IndexStamp Stamp => Source.Stamp;

    /// <summary>Whether it lies in a folder here: mapped, and each record's checksum compared when it is fetched.</summary>
    public bool IsEmbedded { get; }

    /// <summary>Looks for what another process wrote, or where an alias has been moved.</summary>
    public required Func<CancellationToken, ValueTask> Refresh { get; init; }

    /// <summary>Opens what the user named.</summary>
    /// <param name="place">A folder or a URL.</param>
    /// <param name="numCandidates">Vectors each shard of Elasticsearch looks at; null leaves that to the candidate source.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async ValueTask<OpenedIndex> OpenAsync(string place, int? numCandidates, CancellationToken cancellationToken)
    {
        if (!ElasticAddress.IsOne(place))
        {
            var index = EmbeddedIndex.Open(place);
            var opened = new OpenedIndex(new EmbeddedCandidateSource(index), new EmbeddedPatchStore(index), isEmbedded: true)
            {
                Refresh = _ =>
                {
                    index.Refresh();
                    return ValueTask.CompletedTask;
                },
            };
            opened._owned.Add(index);
            return opened;
        }

        var connection = new ElasticConnection(ElasticAddress.Parse(place));
        var source = await ElasticCandidateSource.OpenAsync(connection, numCandidates, cancellationToken);
        var remote = new OpenedIndex(source, new ElasticPatchStore(connection, () => source.Index), isEmbedded: false) { Refresh = source.RefreshAsync };
        remote._owned.Add(connection);
        return remote;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Patches.DisposeAsync();
        await Source.DisposeAsync();
        _owned.ForEach(owned => owned.Dispose());
    }
}

using Filip.Embeddings;
using Filip.Indexer;
using Filip.Indexer.Elastic;
using Filip.Indexer.Embedded;
using Filip.Recall.Elastic;
using Filip.Recall.Embedded;

namespace Filip.Cli.Opening;

/// <summary>An index opened for writing: a folder (embedded) or a URL (Elasticsearch).</summary>
internal sealed class OpenedSink(IImageSink sink, IDisposable? connection) : IAsyncDisposable
{
    /// <summary>Where pictures are written.</summary>
    public IImageSink Sink => sink;

    /// <summary>Opens, and makes where it is not there, what the user named.</summary>
    /// <param name="place">A folder or a URL.</param>
    /// <param name="stamp">What will be written.</param>
    /// <param name="options">Layout on Elasticsearch; its <see cref="ElasticSinkOptions.NewGeneration"/> counts for both.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async ValueTask<OpenedSink> OpenAsync(
        string place, IndexStamp stamp, ElasticSinkOptions options, CancellationToken cancellationToken)
    {
        if (!ElasticAddress.IsOne(place))
        {
            var writer = options.NewGeneration && EmbeddedIndex.Exists(place)
                ? EmbeddedGenerations.Begin(place, stamp)
                : EmbeddedIndex.Create(place, stamp);
            return new OpenedSink(new EmbeddedImageSink(writer), null);
        }

        var connection = new ElasticConnection(ElasticAddress.Parse(place));
        try
        {
            return new OpenedSink(await ElasticSinks.OpenAsync(connection, stamp, options, null, cancellationToken), connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await sink.DisposeAsync();
        connection?.Dispose();
    }
}

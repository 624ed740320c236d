using Filip.Embeddings;
using Filip.Recall;
using Filip.Recall.Elastic;

namespace Filip.Indexer.Elastic;

/// <summary>Opens the sink that an index's layout asks for.</summary>
public static class ElasticSinks
{
    /// <summary>An attached index stays attached, whoever opens it; another is attached only where that is asked for.</summary>
    /// <param name="connection">The cluster and index; it stays the caller's.</param>
    /// <param name="stamp">What will be written.</param>
    /// <param name="options">Layout and pump.</param>
    /// <param name="time">The clock of the pauses; null for the system's.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="LayoutRefusedException">The index cannot be written to as was asked.</exception>
    /// <exception cref="StampMismatchException">The index was built with another model, codec or layout.</exception>
    public static async ValueTask<IImageSink> OpenAsync(
        ElasticConnection connection, IndexStamp stamp, ElasticSinkOptions options, TimeProvider? time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(options);
        return options.Attach is not null || await IsAttachedAsync(connection, cancellationToken)
            ? await AttachedImageSink.OpenAsync(connection, stamp, options, time, cancellationToken)
            : await ElasticImageSink.OpenAsync(connection, stamp, options, time, cancellationToken);
    }

    private static async ValueTask<bool> IsAttachedAsync(ElasticConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await ElasticServer.AskAsync(connection, cancellationToken); // from here on it is spoken to in its own version
            return (await new ElasticGenerations(connection).DescribeAsync(connection.Address.Index, cancellationToken)).Layout.IsAttached;
        }
        catch (IndexNotFoundException)
        {
            return false;
        }
    }
}

using Filip.Indexer.Elastic;
using Filip.Indexer.Sources;
using Filip.Recall.Elastic;

namespace Filip.Cli.Opening;

/// <summary>A source opened for reading: a folder, a manifest, or an existing index (<c>es://</c>).</summary>
internal sealed class OpenedSource(IPictureSource source, IDisposable? connection) : IDisposable
{
    /// <summary>What names the pictures.</summary>
    public IPictureSource Source => source;

    /// <summary>Opens what the user named.</summary>
    /// <param name="named">A path, or the address of an index.</param>
    /// <param name="target">Where the pictures go; an index there names the cluster of a source that names none.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async ValueTask<OpenedSource> OpenAsync(string named, string target, CancellationToken cancellationToken)
    {
        if (!ElasticSourceAddress.IsOne(named))
        {
            return new OpenedSource(PictureSources.Open(named), null);
        }

        var address = ElasticSourceAddress.Parse(named, target);
        var connection = new ElasticConnection(address.Index);
        try
        {
            return new OpenedSource(await ElasticSource.OpenAsync(connection, address.Options, null, cancellationToken), connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => connection?.Dispose();
}

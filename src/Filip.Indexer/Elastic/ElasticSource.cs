using System.Runtime.CompilerServices;
using Filip.Indexer.Sources;
using Filip.Recall.Elastic;

namespace Filip.Indexer.Elastic;

/// <summary>An existing Elasticsearch index, of anybody's, whose documents say where their pictures are.</summary>
/// <remarks>
/// <para>A picture's id is the document's <c>_id</c>; the source index is only read. Written into an index of our own this
/// is the side index: same ids, chosen fields copied as attributes.</para>
/// <para>A listing is one point in time: what changed meanwhile is the next run's. It is whole or it fails, with
/// <see cref="SourceUnavailableException"/>; a short one never looks whole.</para>
/// </remarks>
public sealed class ElasticSource : IPictureSource
{
    private readonly ElasticConnection _connection;
    private readonly ElasticSourceOptions _options;
    private readonly IReadOnlyList<string> _leftOut;
    private readonly TimeProvider _time;

    private ElasticSource(ElasticConnection connection, ElasticSourceOptions options, IReadOnlyList<string> leftOut, TimeProvider time)
    {
        (_connection, _options, _leftOut, _time) = (connection, options, leftOut, time);
        Name = NameOf(connection.Address);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Points in time that the last listing needed so far: 1, and one more for each that a lost node cost.</summary>
    public int PointsInTime { get; private set; }

    /// <summary>Looks for the index and at its mapping; nothing is read yet.</summary>
    /// <param name="connection">The cluster and the index or alias; it stays the caller's.</param>
    /// <param name="options">What is read.</param>
    /// <param name="time">The clock of pauses and patience; null for the system's.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="FormatException">An option cannot be used.</exception>
    /// <exception cref="SourceRefusedException">There is no such index.</exception>
    /// <exception cref="ElasticException">The cluster cannot be asked.</exception>
    public static async ValueTask<ElasticSource> OpenAsync(
        ElasticConnection connection, ElasticSourceOptions options, TimeProvider? time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        try
        {
            var leftOut = await SourceMapping.HeavyFieldsAsync(connection, cancellationToken);
            return new ElasticSource(connection, options, leftOut, time ?? TimeProvider.System);
        }
        catch (ElasticException error) when (error.Failure == ElasticFailure.NotFound)
        {
            throw Missing(connection.Address, error);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<SourceItem> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var listing = new ElasticListing(_connection, _options, _leftOut, _time);
        var document = new SourceDocument(Name, _options, _leftOut);
        await foreach (var hit in listing.ReadAsync(cancellationToken))
        {
            PointsInTime = listing.PointsInTime;
            yield return document.ToItem(hit);
        }

        PointsInTime = listing.PointsInTime;
    }

    /// <inheritdoc/>
    public async ValueTask<long?> CountAsync(CancellationToken cancellationToken)
    {
        var body = _options.Query is { } query
            ? ElasticBody.Write(json =>
            {
                json.WriteStartObject();
                json.WritePropertyName("query");
                query.WriteTo(json);
                json.WriteEndObject();
            })
            : default;
        using var answer = await _connection.AskAsync(
            ElasticQuestion.Post(Uri.EscapeDataString(_connection.Address.Index) + "/_count", body), cancellationToken);
        using var json = answer.Json();
        return json.RootElement.GetProperty("_shards").GetProperty("failed").GetInt32() == 0
            ? json.RootElement.GetProperty("count").GetInt64()
            : null;
    }

    /// <summary>The refusal of an index that is not there.</summary>
    internal static SourceRefusedException Missing(ElasticAddress address, ElasticException cause) =>
        new($"The source '{NameOf(address)}' is not there: {cause.Message} Name an index or an alias that exists.", cause);

    /// <summary>An index's address as a source is written; never with credentials.</summary>
    internal static string NameOf(ElasticAddress address) =>
        address.ToString() is var text && address.Nodes[0].Scheme == Uri.UriSchemeHttps
            ? "es+" + text
            : "es" + text[text.IndexOf(':', StringComparison.Ordinal)..];
}

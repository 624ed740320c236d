using System.Runtime.CompilerServices;
using System.Text.Json;
using Filip.Indexer.Sources;
using Filip.Recall.Elastic;

namespace Filip.Indexer.Elastic;

/// <summary>Every document of an index, each once, whatever becomes of the nodes that hold it; or an exception.</summary>
/// <remarks>
/// A point in time that lost a node is given up for a new one, which is read from its start, passing over what was given.
/// To go on from the last sort value instead would be wrong: <c>_shard_doc</c> means nothing on another view, and while
/// <c>_seq_no</c> is the same on every copy (and no slower: 150,000 documents in 10 s by either on a 9.5.3), it starts anew when an
/// alias moves to another index, and a primary that takes over may use a number again, or hold an older state of a document
/// under a lower one, which would be lost. To read again costs a minute a million documents; pictures take longer by far.
/// </remarks>
internal sealed class ElasticListing(
    ElasticConnection connection, ElasticSourceOptions options, IReadOnlyList<string> leftOut, TimeProvider time)
{
    private const int MostBarren = 10;

    private long _troubled;
    private TimeSpan _pause;
    private bool _inTrouble;
    private string? _indices;

    /// <summary>Points in time that were needed so far.</summary>
    public int PointsInTime { get; private set; }

    /// <summary>The documents as the server's hits.</summary>
    /// <exception cref="SourceUnavailableException">Patience is over, or the index became another one meanwhile.</exception>
    /// <exception cref="SourceRefusedException">The index is not there, or the server refuses to read it so.</exception>
    public async IAsyncEnumerable<JsonElement> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var given = new SeenIds();
        PointInTime? view = null;
        var barren = 0;
        try
        {
            do
            {
                IReadOnlyList<JsonElement> page = [];
                try
                {
                    view ??= await OpenAsync(cancellationToken);
                    page = await view.NextAsync(cancellationToken);
                    _inTrouble = false;
                }
                catch (ElasticException trouble)
                {
                    // One answer that did not come may be the network's; the second, or a view that is gone, wants a new view.
                    if (view is not null && (_inTrouble || trouble.Failure == ElasticFailure.NotFound))
                    {
                        barren += view.Begun ? 1 : 0;
                        await view.CloseAsync();
                        view = null;
                    }

                    await PauseAsync(trouble, barren, cancellationToken);
                }

                foreach (var hit in page)
                {
                    // The same id in two indices behind an alias is two documents: the job says so, not we.
                    if (given.Add(hit.GetProperty("_index").GetString() + "\0" + hit.GetProperty("_id").GetString(), 0, out _))
                    {
                        barren = 0;
                        yield return hit;
                        await view!.RenewAsync(cancellationToken);
                    }
                }
            }
            while (view is not { Ended: true });
        }
        finally
        {
            if (view is not null)
            {
                await view.CloseAsync();
            }
        }
    }

    private async ValueTask<PointInTime> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Asked before the first view and after any later one: an alias that moved between them is seen.
            _indices ??= await IndicesAsync(cancellationToken);
            var view = await PointInTime.OpenAsync(connection, options, leftOut, time, cancellationToken);
            PointsInTime++;
            if (PointsInTime > 1 && await IndicesAsync(cancellationToken) is var now && now != _indices)
            {
                await view.CloseAsync();
                throw new SourceUnavailableException(
                    $"The source '{ElasticSource.NameOf(connection.Address)}' became another index while it was read. Run the same command again.");
            }

            return view;
        }
        catch (ElasticException error) when (error is { Failure: ElasticFailure.NotFound, Type: "index_not_found_exception" })
        {
            throw ElasticSource.Missing(connection.Address, error);
        }
    }

    // Names and UUIDs of the indices behind the name; empty where a narrow key may not ask.
    private async ValueTask<string> IndicesAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await connection.AskAsync(
                ElasticQuestion.Get(
                    Uri.EscapeDataString(connection.Address.Index) + "/_settings/index.uuid?filter_path=*.settings.index.uuid"),
                cancellationToken);
            using var json = answer.Json();
            return string.Join(' ', json.RootElement.EnumerateObject().Select(index => index.Name + index.Value.GetRawText()).Order(StringComparer.Ordinal));
        }
        catch (ElasticException error) when (error is { Failure: ElasticFailure.NotAllowed, Status: 403 })
        {
            return "";
        }
    }

    private async ValueTask PauseAsync(ElasticException trouble, int barren, CancellationToken cancellationToken)
    {
        if (trouble.Failure == ElasticFailure.Refused)
        {
            throw new SourceRefusedException($"{trouble.Message} Is 'query' right, and the index open?", trouble);
        }

        if (!trouble.Transient && trouble.Failure != ElasticFailure.NotFound)
        {
            throw new SourceUnavailableException(trouble.Message, trouble);
        }

        if (!_inTrouble)
        {
            (_inTrouble, _troubled, _pause) = (true, time.GetTimestamp(), options.FirstPause);
        }

        if (barren > MostBarren || time.GetElapsedTime(_troubled) > options.Patience)
        {
            throw new SourceUnavailableException(
                $"The source '{ElasticSource.NameOf(connection.Address)}' could not be read to its end: "
                + (barren > MostBarren
                    ? $"{barren} points in time, one after another, were lost before they gave anything new. "
                    : $"nothing whole came for {options.Patience.TotalSeconds:0.###} s. ")
                + $"What was indexed is kept; run the same command again when the cluster is well. Last answer: {trouble.Message}",
                trouble);
        }

        // Jitter, so that jobs that failed together do not come back together.
        await Task.Delay(_pause * (0.5 + Random.Shared.NextDouble()), time, cancellationToken);
        _pause = _pause * 2 < options.LongestPause ? _pause * 2 : options.LongestPause;
    }
}

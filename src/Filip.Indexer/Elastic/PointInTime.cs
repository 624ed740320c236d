using System.Text.Json;
using Filip.Recall.Elastic;

namespace Filip.Indexer.Elastic;

/// <summary>One frozen view of an index, read page by page in the order in which its shards keep their documents.</summary>
/// <remarks>
/// A view whose node is gone answers 200 with what the others hold, and stays short when the node is back. So partial
/// answers are refused in the request, every page's shards are counted, and at the end the documents too. Not for several tasks.
/// </remarks>
internal sealed class PointInTime
{
    private readonly ElasticConnection _connection;
    private readonly ElasticSourceOptions _options;
    private readonly IReadOnlyList<string> _leftOut;
    private readonly TimeProvider _time;
    private string _id;
    private long _renewed;
    private string? _after;
    private int _shards;
    private long _total;
    private long _read;

    private PointInTime(
        ElasticConnection connection, ElasticSourceOptions options, IReadOnlyList<string> leftOut, TimeProvider time, string id)
    {
        (_connection, _options, _leftOut, _time, _id) = (connection, options, leftOut, time, id);
        _renewed = time.GetTimestamp();
    }

    /// <summary>Whether a page was given.</summary>
    public bool Begun => _after is not null;

    /// <summary>Whether every document was given.</summary>
    public bool Ended { get; private set; }

    private string KeepAlive => $"{(long)_options.KeepAlive.TotalMilliseconds}ms";

    /// <summary>Freezes a view of the index as it is now.</summary>
    /// <exception cref="ElasticException">Not every shard answers, or the index is not there.</exception>
    public static async ValueTask<PointInTime> OpenAsync(
        ElasticConnection connection, ElasticSourceOptions options, IReadOnlyList<string> leftOut, TimeProvider time, CancellationToken cancellationToken)
    {
        using var answer = await connection.AskAsync(
            new ElasticQuestion(
                "POST", $"{Uri.EscapeDataString(connection.Address.Index)}/_pit?keep_alive={(long)options.KeepAlive.TotalMilliseconds}ms"),
            cancellationToken);
        using var json = answer.Json();
        return new PointInTime(connection, options, leftOut, time, json.RootElement.GetProperty("id").GetString()!);
    }

    /// <summary>The next page: whole, or an exception.</summary>
    /// <exception cref="ElasticException">The page did not come, or is short; a view once short stays so.</exception>
    public async ValueTask<IReadOnlyList<JsonElement>> NextAsync(CancellationToken cancellationToken)
    {
        var first = _after is null;
        using var answer = await AskAsync(json => WritePage(json, first), cancellationToken);
        using var document = answer.Json();
        try
        {
            return Read(document.RootElement, first);
        }
        catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException)
        {
            throw new ElasticException(
                ElasticFailure.Unreachable, $"What came from {_connection.Address} has not the members of a search's answer.", error);
        }
    }

    /// <summary>Keeps the view alive while a page is worked on; costs nothing until a quarter of its time is over.</summary>
    public async ValueTask RenewAsync(CancellationToken cancellationToken)
    {
        if (_time.GetElapsedTime(_renewed) < _options.KeepAlive / 4)
        {
            return;
        }

        _renewed = _time.GetTimestamp();
        try
        {
            using var answer = await AskAsync(json => json.WriteNumber("size", 0), cancellationToken);
        }
        catch (ElasticException)
        {
            // Whether the view is still whole is the next page's to find out.
        }
    }

    /// <summary>Gives the view back, where anybody is there to take it.</summary>
    public async ValueTask CloseAsync()
    {
        try
        {
            var body = ElasticBody.Write(json =>
            {
                json.WriteStartObject();
                json.WriteString("id", _id);
                json.WriteEndObject();
            });
            using var answer = await _connection.AskAsync(
                new ElasticQuestion("DELETE", "_pit", body) { MayBeMissing = true, Repeatable = false }, CancellationToken.None);
        }
        catch (ElasticException)
        {
            // It ends by itself when its time is over.
        }
    }

    private List<JsonElement> Read(JsonElement answer, bool first)
    {
        var shards = answer.GetProperty("_shards");
        var (all, good) = (shards.GetProperty("total").GetInt32(), shards.GetProperty("successful").GetInt32());
        if (first)
        {
            _shards = all;
            _total = answer.GetProperty("hits").GetProperty("total").GetProperty("value").GetInt64();
        }

        // "skipped" counts among the successful: shards that can hold nothing the query wants.
        if (shards.GetProperty("failed").GetInt32() > 0 || good != all || all != _shards || answer.GetProperty("timed_out").GetBoolean())
        {
            throw Short($"{good} of {Math.Max(all, _shards)} shards gave what they hold");
        }

        // Cloned, because the pictures of a page are worked on long after its buffer has gone back.
        List<JsonElement> hits = [.. answer.GetProperty("hits").GetProperty("hits").EnumerateArray().Select(hit => hit.Clone())];
        _read += hits.Count;
        if (hits.Count < _options.PageSize)
        {
            Ended = _read == _total ? true : throw Short($"it gave {_read} of its {_total} documents");
        }
        else
        {
            _after = hits[^1].GetProperty("sort").GetRawText();
        }

        return hits;
    }

    private async ValueTask<ElasticAnswer> AskAsync(Action<Utf8JsonWriter> write, CancellationToken cancellationToken)
    {
        var body = ElasticBody.Write(json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("pit");
            json.WriteString("id", _id);
            json.WriteString("keep_alive", KeepAlive);
            json.WriteEndObject();
            write(json);
            json.WriteEndObject();
        });
        var answer = await _connection.AskAsync(ElasticQuestion.Post("_search?allow_partial_search_results=false", body), cancellationToken);
        _renewed = _time.GetTimestamp();
        return answer;
    }

    private void WritePage(Utf8JsonWriter json, bool first)
    {
        json.WriteNumber("size", _options.PageSize);
        json.WriteBoolean("track_total_hits", first);
        json.WriteStartArray("sort");
        json.WriteStringValue("_shard_doc");
        json.WriteEndArray();
        if (_after is not null)
        {
            json.WritePropertyName("search_after");
            json.WriteRawValue(_after);
        }

        if (_options.Query is { } query)
        {
            json.WritePropertyName("query");
            query.WriteTo(json);
        }

        json.WriteStartObject("_source");
        if (_options.Fields is { } fields)
        {
            WriteNames(json, "includes", [_options.Path, _options.Url, _options.Caption, .. fields]);
        }

        WriteNames(json, "excludes", _leftOut);
        json.WriteEndObject();
    }

    private static void WriteNames(Utf8JsonWriter json, string member, IReadOnlyList<string> names)
    {
        json.WriteStartArray(member);
        foreach (var name in names)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
    }

    private ElasticException Short(string found) => new(
        ElasticFailure.NotFound, $"A point in time on {_connection.Address} is not whole: {found}.");
}

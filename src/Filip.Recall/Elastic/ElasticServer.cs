using System.Text.Json;

namespace Filip.Recall.Elastic;

/// <summary>What the server says of itself, as far as a layout or a body hangs on it.</summary>
/// <param name="Version">Version of the node that answered; 0.0 where we may not ask.</param>
/// <param name="Number">The version as it was said.</param>
/// <param name="MostBodyBytes">Longest request body it takes (<c>http.max_content_length</c>).</param>
public sealed record ElasticServer(Version Version, string Number, long MostBodyBytes)
{
    private const long DefaultBodyBytes = 100L * 1024 * 1024;

    /// <summary>Whether a <c>dense_vector</c> may be sent as base64 of big-endian float32 (from 9.3).</summary>
    public bool TakesBase64Vectors => Version >= new Version(9, 3);

    /// <summary>Asks the server; what a key may not ask is left at the safe side.</summary>
    /// <param name="connection">The cluster.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="ElasticException">Nobody answers, or it is no Elasticsearch that we can work with.</exception>
    public static async ValueTask<ElasticServer> AskAsync(ElasticConnection connection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var number = await AskAsync(
            connection, "", root => root.GetProperty("version").GetProperty("number").GetString(), cancellationToken);
        var version = Parse(number);
        if (version < new Version(8, 11) && number is not null)
        {
            throw new ElasticException(
                ElasticFailure.NotElasticsearch,
                $"Elasticsearch at {connection.Address} is version {number}; 8.11 or later is needed (kNN with filters in the search body).");
        }

        connection.SpeakTo(version);
        var limit = await AskAsync(
            connection, "_nodes/http?filter_path=nodes.*.http.max_content_length_in_bytes", LeastLimit, cancellationToken);
        return new ElasticServer(version, number ?? "unknown", limit > 0 ? limit : DefaultBodyBytes);
    }

    private static async ValueTask<T?> AskAsync<T>(
        ElasticConnection connection, string path, Func<JsonElement, T?> read, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await connection.AskAsync(ElasticQuestion.Get(path), cancellationToken);
            using var json = answer.Json();
            return read(json.RootElement);
        }
        catch (ElasticException error) when (error is { Failure: ElasticFailure.NotAllowed, Status: 403 })
        {
            return default; // a narrow key: the caller takes the safe side
        }
        catch (Exception error) when (error is KeyNotFoundException or JsonException or InvalidOperationException)
        {
            throw new ElasticException(
                ElasticFailure.NotElasticsearch,
                $"What answers at {connection.Address} is no Elasticsearch: '/{path}' has not the members it should.", error);
        }
    }

    private static long LeastLimit(JsonElement root) =>
        root.TryGetProperty("nodes", out var nodes)
            ? nodes.EnumerateObject().Select(node => node.Value.GetProperty("http").GetProperty("max_content_length_in_bytes").GetInt64()).DefaultIfEmpty(0).Min()
            : 0;

    private static Version Parse(string? number) =>
        number is not null && System.Version.TryParse(number.Split('-')[0], out var version)
            ? version
            : new Version(0, 0);
}

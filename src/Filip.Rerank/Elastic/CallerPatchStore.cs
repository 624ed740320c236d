using Filip.Recall.Elastic;
using Filip.Rerank.DropIn;
using Filip.Rerank.Patches;

namespace Filip.Rerank.Elastic;

/// <summary>The patch records of one caller's hits, read under that caller's own headers: nobody sees a record that Elasticsearch would not show them.</summary>
/// <remarks>
/// A search of its own beside the caller's: so that <c>_source</c>, <c>stored_fields</c> and the like of the caller's body
/// need no change, records travel as raw bytes (CBOR), and slow records cost the new order, not the page.
/// </remarks>
/// <param name="passage">The way to Elasticsearch.</param>
/// <param name="headers">The caller's headers.</param>
/// <param name="index">The index that was searched.</param>
/// <param name="parameters">Parameters of the caller's URL that say which copies of the shards answer, each with a leading ampersand.</param>
internal sealed class CallerPatchStore(ElasticPassage passage, CallerHeaders headers, DropInIndex index, string parameters) : IPatchStore
{
    /// <summary>The key of a hit, as this store takes ids: an alias may span indices that hold the same id.</summary>
    public static string KeyOf(string index, string id) => $"{index}/{id}"; // no index has a slash in its name

    /// <inheritdoc/>
    public async ValueTask<PatchBatch> FetchAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var apart = index.PatchIndex is not null;
        var path = $"/{Uri.EscapeDataString(index.PatchIndex ?? index.Name)}/_search?allow_partial_search_results=false"
            + $"&filter_path=hits.hits._index,hits.hits._id,hits.hits.fields{(apart ? "" : parameters)}";
        using var response = await passage.SendAsync(
            "POST", path, Body(ids, apart), headers.ForPatches(), cancellationToken).ConfigureAwait(false);
        if ((int)response.StatusCode != 200 || response.Content.Headers.ContentType?.MediaType?.Contains("cbor", StringComparison.Ordinal) != true)
        {
            throw new InvalidDataException(
                $"Elasticsearch answered the search for patches with {(int)response.StatusCode} ({response.Content.Headers.ContentType}).");
        }

        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var body = (await PassageBody.ReadAsync(stream, Array.MaxLength - 1, cancellationToken).ConfigureAwait(false))!;
        try
        {
            var places = new Dictionary<string, ReadOnlyMemory<byte>>(ids.Count, StringComparer.Ordinal);
            PatchAnswer.Read(body.Bytes, places, apart ? null : KeyOf);
            return new PatchBatch([.. ids.Select(key => places.GetValueOrDefault(apart ? IdOf(key) : key))], body);
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string IdOf(string key) => key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..];

    private static ReadOnlyMemory<byte> Body(IReadOnlyList<string> keys, bool apart) => ElasticBody.Write(json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("query");
        json.WriteStartObject("bool");
        json.WriteStartArray("filter");
        WriteList(json, "ids", "values", keys.Select(IdOf));
        if (!apart)
        {
            WriteList(json, "terms", "_index", keys.Select(key => key[..key.IndexOf('/', StringComparison.Ordinal)]));
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();

        // Each id once an index at most; more than there are pairs cannot be missed, as they were hits themselves.
        var indices = keys.Select(key => key[..key.IndexOf('/', StringComparison.Ordinal)]).Distinct().Count();
        json.WriteNumber("size", (int)Math.Min(10_000, (long)keys.Count * (apart ? 1 : indices)));
        json.WriteBoolean("_source", false);
        json.WriteBoolean("track_total_hits", false);
        json.WriteStartArray("stored_fields");
        json.WriteStringValue(ElasticFields.Patches);
        json.WriteStringValue(PatchAnswer.Attached);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void WriteList(System.Text.Json.Utf8JsonWriter json, string query, string name, IEnumerable<string> values)
    {
        json.WriteStartObject();
        json.WriteStartObject(query);
        json.WriteStartArray(name);
        foreach (var value in values.Distinct(StringComparer.Ordinal))
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }
}

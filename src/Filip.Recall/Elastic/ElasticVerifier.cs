using System.Text.Json;
using Filip.Embeddings.Codecs;

namespace Filip.Recall.Elastic;

/// <summary>Checks what must be true of a live index on Elasticsearch.</summary>
public static class ElasticVerifier
{
    private const int PageOfRecords = 100;
    private const int MostNamed = 20;

    /// <summary>Stamp, counts, and that every picture has its vector, its hash and a sound record of the index's own model.</summary>
    /// <remarks>Reads every patch record once, a page at a time.</remarks>
    /// <param name="connection">The cluster and index.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="IndexNotFoundException">There is no such index.</exception>
    /// <exception cref="ElasticException">The server, or a shard of it, does not answer.</exception>
    public static async ValueTask<IReadOnlyList<IndexFinding>> VerifyAsync(ElasticConnection connection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var findings = new List<IndexFinding>();
        var facts = await new ElasticGenerations(connection).DescribeAsync(connection.Address.Index, cancellationToken);
        var (index, stamp, layout) = (facts.Index, facts.Stamp, facts.Layout);
        if (stamp is null)
        {
            findings.Add(new(IndexFinding.Error, "STAMP_MISSING", $"'{index}' carries no stamp in its mapping, so nobody knows which model made it; index again."));
        }
        else
        {
            findings.Add(new(IndexFinding.Info, "STAMP", $"'{index}': model '{stamp.ModelId}' ({stamp.Fingerprint[..12]}), codec {stamp.Codec}, {stamp.PooledDimension} pooled values"));
        }

        var all = await CountAsync(connection, layout.IsAttached ? layout.ContentHash : null, cancellationToken);
        findings.Add(new(IndexFinding.Info, "COUNTS", layout.IsAttached
            ? $"{all} of {await CountAsync(connection, null, cancellationToken)} documents are filled; the others are no candidates"
            : $"{all} pictures"));
        foreach (var field in (string[])[layout.Pooled, layout.ContentHash, layout.Id])
        {
            var with = await CountAsync(connection, field, cancellationToken);
            if (with != all)
            {
                findings.Add(new(IndexFinding.Error, "FIELD_MISSING", $"{all - with} of {all} pictures lack '{field}'; {(layout.IsAttached ? "somebody wrote them anew from their _source, which holds no vectors; run the same 'filip index' again." : "delete and index them again.")}"));
            }
        }

        if (stamp is { PooledVectors.IsSeveral: true } && await CountAsync(connection, ElasticFields.Centroids, cancellationToken) is var several && several != all)
        {
            findings.Add(new(IndexFinding.Error, "FIELD_MISSING", $"{all - several} of {all} pictures lack '{ElasticFields.Centroids}', of which the stamp has '{stamp.PooledVectors}'; delete and index them again."));
        }

        var read = await CheckRecordsAsync(connection, facts, findings, cancellationToken);
        if (read != all)
        {
            findings.Add(new(IndexFinding.Warning, "COUNTS_DIFFER", $"{read} patch records were read of {all} pictures; is somebody writing? Run this again."));
        }

        return findings;
    }

    private static async ValueTask<long> CheckRecordsAsync(
        ElasticConnection connection, ElasticIndexFacts facts, List<IndexFinding> findings, CancellationToken cancellationToken)
    {
        ulong? fingerprint = facts.Stamp is null ? null : PatchRecord.Fingerprint(facts.Stamp.Fingerprint);
        var path = Uri.EscapeDataString(connection.Address.Index)
            + "/_search?allow_partial_search_results=false&filter_path=hits.hits._id,hits.hits.fields,hits.hits.sort";
        JsonElement? after = null;
        long read = 0;
        var damaged = 0;
        while (true)
        {
            using var answer = await connection.AskAsync(ElasticQuestion.Post(path, PageBody(after, facts.Layout)), cancellationToken);
            using var json = answer.Json();
            var hits = json.RootElement.TryGetProperty("hits", out var outer) ? outer.GetProperty("hits").EnumerateArray().ToList() : [];
            foreach (var hit in hits)
            {
                read++;
                if (Trouble(hit, fingerprint, facts.Layout) is var (code, why) && ++damaged <= MostNamed)
                {
                    findings.Add(new(IndexFinding.Error, code, $"'{hit.GetProperty("_id").GetString()}': {why}"));
                }
            }

            if (hits.Count < PageOfRecords)
            {
                break;
            }

            after = hits[^1].GetProperty("sort").Clone();
        }

        if (damaged > MostNamed)
        {
            findings.Add(new(IndexFinding.Error, "PATCHES_DAMAGED", $"… and {damaged - MostNamed} more pictures like these."));
        }

        return read;
    }

    private static (string Code, string Why)? Trouble(JsonElement hit, ulong? fingerprint, ElasticLayout layout)
    {
        if (!hit.TryGetProperty("fields", out var fields) || !fields.TryGetProperty(layout.Patches, out var values))
        {
            return ("PATCHES_MISSING", "there is no patch record; index the picture again.");
        }

        if (fields.TryGetProperty(layout.Id, out var ids) && ids[0].GetString() != hit.GetProperty("_id").GetString())
        {
            return ("ID_DIFFERS", $"its field 'id' is '{ids[0].GetString()}'; index the picture again.");
        }

        if (!values[0].TryGetBytesFromBase64(out var record))
        {
            return ("PATCHES_DAMAGED", "the patch record is no base64; index the picture again.");
        }

        try
        {
            PatchRecord.Read(record, verifyChecksum: true, fingerprint);
            return null;
        }
        catch (PatchRecordException error)
        {
            return ("PATCHES_DAMAGED", error.Message);
        }
    }

    private static ReadOnlyMemory<byte> PageBody(JsonElement? after, ElasticLayout layout) => ElasticBody.Write(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("size", PageOfRecords);
        json.WriteBoolean("_source", false);
        json.WriteBoolean("track_total_hits", false);
        if (layout.IsAttached)
        {
            json.WriteStartObject("query");
            AttachedFilters.WriteExists(json, layout.ContentHash);
            json.WriteEndObject();
        }

        json.WriteStartArray("sort");
        json.WriteStringValue(layout.Id);
        json.WriteEndArray();
        json.WriteStartArray("stored_fields");
        json.WriteStringValue(layout.Patches);
        json.WriteEndArray();
        json.WriteStartArray("docvalue_fields");
        json.WriteStringValue(layout.Id);
        json.WriteEndArray();
        if (after is { } sort)
        {
            json.WritePropertyName("search_after");
            sort.WriteTo(json);
        }

        json.WriteEndObject();
    });

    private static async ValueTask<long> CountAsync(ElasticConnection connection, string? field, CancellationToken cancellationToken)
    {
        var body = ElasticBody.Write(json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("query");
            if (field is null)
            {
                json.WriteStartObject("match_all");
            }
            else if (field == ElasticFields.Centroids)
            {
                // A nested field is looked for among its own documents.
                json.WriteStartObject("nested");
                json.WriteString("path", field);
                json.WriteStartObject("query");
                json.WriteStartObject("exists");
                json.WriteString("field", $"{field}.{ElasticFields.CentroidVector}");
                json.WriteEndObject();
                json.WriteEndObject();
            }
            else
            {
                json.WriteStartObject("exists");
                json.WriteString("field", field);
            }

            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        });
        using var answer = await connection.AskAsync(
            ElasticQuestion.Post(Uri.EscapeDataString(connection.Address.Index) + "/_count", body), cancellationToken);
        using var json = answer.Json();
        var failed = json.RootElement.GetProperty("_shards").GetProperty("failed").GetInt32();
        return failed == 0
            ? json.RootElement.GetProperty("count").GetInt64()
            : throw new ElasticException(ElasticFailure.Busy, $"{failed} shards of '{connection.Address.Index}' did not answer; nothing can be verified until they do.");
    }
}

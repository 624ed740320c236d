namespace Filip.Recall.Elastic;

/// <summary>Checks what must be true of a live index on Elasticsearch.</summary>
public static class ElasticVerifier
{
    /// <summary>Stamp, counts, and that every picture has its vector, its record and its hash.</summary>
    /// <param name="connection">The cluster and index.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="IndexNotFoundException">There is no such index.</exception>
    public static async ValueTask<IReadOnlyList<IndexFinding>> VerifyAsync(ElasticConnection connection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var findings = new List<IndexFinding>();
        var (index, stamp) = await new ElasticGenerations(connection).StampAsync(connection.Address.Index, cancellationToken);
        findings.Add(stamp is null
            ? new(IndexFinding.Error, "stamp", $"'{index}' carries no stamp in its mapping; index again.")
            : new(IndexFinding.Info, "stamp", $"'{index}': model '{stamp.ModelId}' ({stamp.Fingerprint[..12]}), codec {stamp.Codec}, {stamp.PooledDimension} pooled values"));
        var all = await CountAsync(connection, null, cancellationToken);
        findings.Add(new(IndexFinding.Info, "count", $"{all} pictures"));
        foreach (var field in (string[])[ElasticFields.Pooled, ElasticFields.ContentHash, ElasticFields.Id])
        {
            var with = await CountAsync(connection, field, cancellationToken);
            findings.Add(with == all
                ? new(IndexFinding.Info, "field", $"every picture has '{field}'")
                : new(IndexFinding.Error, "field", $"{all - with} of {all} pictures lack '{field}'; delete and index them again."));
        }

        return findings;
    }

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

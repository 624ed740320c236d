using System.Text.Json;

namespace Filip.Recall.Elastic;

/// <summary>Looks at a cluster and says what would bite.</summary>
public static class ElasticDoctor
{
    /// <summary>Version, licence, health, disk, and the index's layout.</summary>
    /// <param name="connection">The cluster and index.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async ValueTask<IReadOnlyList<IndexFinding>> ExamineAsync(ElasticConnection connection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var findings = new List<IndexFinding>();
        try
        {
            var server = await ElasticServer.AskAsync(connection, cancellationToken);
            findings.Add(new(IndexFinding.Info, "elasticsearch", $"version {server.Number} at {connection.Address}; bodies up to {server.MostBodyBytes / 1_000_000} MB"));
            findings.Add(new(IndexFinding.Info, "vectors", server.TakesBase64Vectors ? "vectors are sent as base64" : "vectors are sent as numbers (base64 from 9.3)"));
        }
        catch (ElasticException error)
        {
            return [new(IndexFinding.Error, "elasticsearch", error.Message)];
        }

        findings.Add(await AskAsync(connection, "_license?accept_enterprise=true", "licence", Licence, cancellationToken));
        findings.Add(await AskAsync(connection, "_cluster/health", "health", Health, cancellationToken));
        findings.Add(await AskAsync(
            connection, "_nodes/stats/fs?filter_path=nodes.*.fs.total.total_in_bytes,nodes.*.fs.total.available_in_bytes", "disk", Disk, cancellationToken));
        findings.AddRange(await LayoutAsync(connection, cancellationToken));
        return findings;
    }

    private static async ValueTask<IndexFinding> AskAsync(
        ElasticConnection connection, string path, string code, Func<JsonElement, IndexFinding> read, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await connection.AskAsync(ElasticQuestion.Get(path), cancellationToken);
            using var json = answer.Json();
            return read(json.RootElement);
        }
        catch (ElasticException error) when (error.Failure is ElasticFailure.NotAllowed or ElasticFailure.Refused or ElasticFailure.NotFound)
        {
            // A server without the licence API answers 400; a narrow key is a 403. Neither keeps us from working.
            return new(IndexFinding.Info, code, $"not told ({error.Type ?? "refused"})");
        }
    }

    private static IndexFinding Licence(JsonElement root) =>
        new(IndexFinding.Info, "licence", root.TryGetProperty("license", out var licence)
            ? $"{licence.GetProperty("type").GetString()}; nothing beyond basic is needed"
            : "not told; nothing beyond basic is needed");

    private static IndexFinding Health(JsonElement root)
    {
        var (status, nodes) = (root.GetProperty("status").GetString(), root.GetProperty("number_of_data_nodes").GetInt32());
        return status == "red"
            ? new(IndexFinding.Error, "health", $"the cluster is red ({nodes} data nodes): some shards have no primary, so answers are partial.")
            : new(nodes == 1 ? IndexFinding.Warning : IndexFinding.Info, "health",
                nodes == 1 ? $"{status}; one data node: a lost node is lost documents (there is nowhere for a replica)" : $"{status}, {nodes} data nodes");
    }

    // Over the flood stage (95 % by default) every write is refused; over the low watermark (85 %) no shard is placed any more.
    private static IndexFinding Disk(JsonElement root)
    {
        if (!root.TryGetProperty("nodes", out var nodes))
        {
            return new(IndexFinding.Info, "disk", "not told");
        }

        var fullest = nodes.EnumerateObject().Select(node => node.Value.GetProperty("fs").GetProperty("total"))
            .Select(total => 1 - (total.GetProperty("available_in_bytes").GetDouble() / Math.Max(1, total.GetProperty("total_in_bytes").GetDouble())))
            .DefaultIfEmpty(0).Max();
        return fullest switch
        {
            >= 0.95 => new(IndexFinding.Error, "disk", $"the fullest node's disk is {fullest:P0} full: over the flood stage writes are refused; free disk or add a node."),
            >= 0.85 => new(IndexFinding.Warning, "disk", $"the fullest node's disk is {fullest:P0} full; from 85 % no shard is placed on it, from 95 % writes are refused."),
            _ => new(IndexFinding.Info, "disk", $"the fullest node's disk is {fullest:P0} full"),
        };
    }

    private static string Named(string? field) => field is null ? "none" : $"'{field}'";

    private static async ValueTask<IReadOnlyList<IndexFinding>> LayoutAsync(ElasticConnection connection, CancellationToken cancellationToken)
    {
        var findings = new List<IndexFinding>();
        try
        {
            var generations = new ElasticGenerations(connection);
            var facts = await generations.DescribeAsync(connection.Address.Index, cancellationToken);
            var (index, stamp) = (facts.Index, facts.Stamp);
            if (facts.Layout.IsAttached && stamp is not null)
            {
                var size = await ElasticIndexSize.AskAsync(connection, index, facts.Layout, cancellationToken);
                findings.Add(new(
                    IndexFinding.Info, "layout",
                    $"attached to your index '{index}', {size.Pictures} documents filled, model '{stamp.ModelId}', path field "
                    + $"{Named(facts.Layout.PathField)}, caption field {Named(facts.Layout.CaptionField)}"));
                if (facts.UpdateTrouble is { } trouble)
                {
                    findings.Add(new(IndexFinding.Error, "layout", $"no document of it can be filled any more: {trouble}"));
                }

                return findings;
            }

            findings.Add(stamp is null
                ? new(IndexFinding.Error, "layout",
                    $"'{index}' is an index of its own without FILIP vectors; name another index to fill (a side index), or add them to this one with filip index … --attach.")
                : new(IndexFinding.Info, "layout", $"own index, generation '{index}', model '{stamp.ModelId}'"));
            var all = await generations.ListAsync(cancellationToken);
            if (all.Count > 1)
            {
                findings.Add(new(IndexFinding.Info, "generations", $"{string.Join(", ", all)}; the alias is on '{index}'"));
            }
        }
        catch (IndexNotFoundException)
        {
            findings.Add(new(IndexFinding.Info, "layout", $"'{connection.Address.Index}' is not there yet: own index, made by the first 'filip index'"));
        }
        catch (ElasticException error)
        {
            findings.Add(new(IndexFinding.Error, "layout", error.Message));
        }

        return findings;
    }
}

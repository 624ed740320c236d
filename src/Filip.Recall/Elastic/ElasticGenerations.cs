using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Filip.Embeddings;

namespace Filip.Recall.Elastic;

/// <summary>Generations <c>name-000007</c> behind the alias <c>name</c>: made beside the live one, switched in one step.</summary>
public sealed class ElasticGenerations(ElasticConnection connection)
{
    /// <summary>How often a generation that serves makes new pictures findable, as the template says.</summary>
    public static string ServingRefreshInterval => ElasticTemplate.ServingRefreshInterval();

    private string Alias => connection.Address.Index;

    /// <summary>The generation that the alias points to, or null where there is none.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    public async ValueTask<string?> CurrentAsync(CancellationToken cancellationToken)
    {
        using var answer = await connection.AskAsync(
            new ElasticQuestion("GET", $"_alias/{Uri.EscapeDataString(Alias)}") { MayBeMissing = true }, cancellationToken);
        if (answer.Status == 404)
        {
            return null;
        }

        using var json = answer.Json();
        var names = json.RootElement.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal).ToList();
        return names.Count <= 1
            ? names.FirstOrDefault()
            : throw SeveralIndices(Alias, names);
    }

    /// <summary>All generations of this name, oldest first.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    public async ValueTask<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken)
    {
        // Named by wildcard: what the key may not see is left out silently, so a key for the alias alone sees none.
        using var answer = await connection.AskAsync(
            new ElasticQuestion("GET", $"{Uri.EscapeDataString(Alias)}-0*/_settings?filter_path=*.settings.index.uuid&expand_wildcards=all")
            {
                MayBeMissing = true,
            },
            cancellationToken);
        if (answer.Status == 404)
        {
            return [];
        }

        using var json = answer.Json();
        return [.. json.RootElement.EnumerateObject().Select(member => member.Name).Where(name => Number(name) > 0).Order(StringComparer.Ordinal)];
    }

    /// <summary>Creates the next generation beside the live one; the alias is not touched.</summary>
    /// <param name="stamp">What it is built with.</param>
    /// <param name="options">Its layout.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Its name.</returns>
    public async ValueTask<string> BeginAsync(IndexStamp stamp, ElasticIndexOptions options, CancellationToken cancellationToken) =>
        await BeginAsync(stamp, options, await ListAsync(cancellationToken), cancellationToken);

    /// <summary>Creates the generation after those that were seen; another job that saw the same makes, or joins, the same one.</summary>
    /// <param name="stamp">What it is built with.</param>
    /// <param name="options">Its layout.</param>
    /// <param name="seen">All generations, as they were listed when it was decided to begin one.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Its name.</returns>
    public async ValueTask<string> BeginAsync(
        IndexStamp stamp, ElasticIndexOptions options, IReadOnlyList<string> seen, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(seen);
        ArgumentNullException.ThrowIfNull(stamp);
        ArgumentNullException.ThrowIfNull(options);
        var last = seen.Select(Number).DefaultIfEmpty(0).Max();
        var name = $"{Alias}-{(last + 1).ToString("D6", CultureInfo.InvariantCulture)}";
        var replicas = options.Replicas ?? (await NodesAsync(cancellationToken) >= 2 ? 1 : 0);
        var body = ElasticTemplate.IndexBody(stamp, options, replicas);
        try
        {
            using var answer = await connection.AskAsync(
                new ElasticQuestion("PUT", Uri.EscapeDataString(name), Bytes(body)), cancellationToken);
        }
        catch (ElasticException error) when (error.Type == "resource_already_exists_exception")
        {
            // Made by a first try whose answer was lost, or by a job that loads another part of the source beside this one.
            if ((await StampAsync(name, cancellationToken)).Stamp != stamp)
            {
                throw;
            }
        }

        return name;
    }

    /// <summary>Switches the alias to a generation in one step.</summary>
    /// <param name="generation">Its name; null takes the newest.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The generation that serves now.</returns>
    /// <exception cref="IndexNotFoundException">There is no such generation.</exception>
    public async ValueTask<string> PromoteAsync(string? generation, CancellationToken cancellationToken)
    {
        await RefuseAttachedAsync(cancellationToken);
        var all = await ListAsync(cancellationToken);
        var target = generation ?? (all.Count > 0 ? all[^1] : null);
        if (target is null || !all.Contains(target))
        {
            throw new IndexNotFoundException(
                $"'{generation ?? Alias}' is no generation of '{Alias}' at {connection.Address}; there are: {(all.Count > 0 ? string.Join(", ", all) : "none")}.");
        }

        var actions = new JsonArray();
        if (await CurrentAsync(cancellationToken) is { } current && current != target)
        {
            actions.Add(new JsonObject { ["remove"] = new JsonObject { ["index"] = current, ["alias"] = Alias } });
        }

        actions.Add(new JsonObject { ["add"] = new JsonObject { ["index"] = target, ["alias"] = Alias, ["is_write_index"] = true } });
        using var answer = await connection.AskAsync(
            ElasticQuestion.Post("_aliases", Bytes(new JsonObject { ["actions"] = actions })), cancellationToken);
        return target;
    }

    /// <summary>Switches the alias back to the generation before the live one.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="IndexNotFoundException">There is no generation before it.</exception>
    public async ValueTask<string> RollbackAsync(CancellationToken cancellationToken)
    {
        await RefuseAttachedAsync(cancellationToken);
        var current = await CurrentAsync(cancellationToken);
        var before = (await ListAsync(cancellationToken)).LastOrDefault(name => current is not null && string.CompareOrdinal(name, current) < 0)
            ?? throw new IndexNotFoundException(
                $"There is no generation before '{current ?? "(none)"}' of '{Alias}' at {connection.Address} to go back to.");
        return await PromoteAsync(before, cancellationToken);
    }

    /// <summary>The stamp of an index or of what an alias points to; null where the index is not ours.</summary>
    /// <param name="index">Index or alias.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="IndexNotFoundException">There is no such index.</exception>
    public async ValueTask<(string Index, IndexStamp? Stamp)> StampAsync(string index, CancellationToken cancellationToken)
    {
        var facts = await DescribeAsync(index, cancellationToken);
        return (facts.Index, facts.Stamp);
    }

    /// <summary>What the mapping of an index, or of what an alias points to, says of it.</summary>
    /// <param name="index">Index or alias.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="IndexNotFoundException">There is no such index.</exception>
    /// <exception cref="ElasticException">The alias points to several indices.</exception>
    public async ValueTask<ElasticIndexFacts> DescribeAsync(string index, CancellationToken cancellationToken)
    {
        using var answer = await connection.AskAsync(
            new ElasticQuestion("GET", $"{Uri.EscapeDataString(index)}/_mapping") { MayBeMissing = true }, cancellationToken);
        if (answer.Status == 404)
        {
            throw new IndexNotFoundException(
                $"There is no index '{index}' at {connection.Address}. Make it with: filip index PICTURES --to {connection.Address}");
        }

        using var json = answer.Json();
        var member = json.RootElement.EnumerateObject().FirstOrDefault();
        if (member.Value.ValueKind != JsonValueKind.Object)
        {
            throw new IndexNotFoundException($"There is no index '{index}' at {connection.Address}, or this key may not see it.");
        }

        if (json.RootElement.EnumerateObject().Count() > 1)
        {
            throw SeveralIndices(index, json.RootElement.EnumerateObject().Select(one => one.Name));
        }

        var mappings = member.Value.GetProperty("mappings");
        return new ElasticIndexFacts(
            member.Name,
            ElasticStamp.FromMappings(mappings, connection.Address),
            ElasticStamp.Find(mappings) is { } filip ? ElasticLayout.From(filip) : ElasticLayout.Own,
            ElasticMapping.Read(mappings),
            mappings.TryGetProperty("_meta", out var meta) ? meta.GetRawText() : null,
            ElasticUpdates.Trouble(mappings));
    }

    /// <summary>Refuses an index that is the user's: it has no generations.</summary>
    private async ValueTask RefuseAttachedAsync(CancellationToken cancellationToken)
    {
        ElasticIndexFacts facts;
        try
        {
            facts = await DescribeAsync(Alias, cancellationToken);
        }
        catch (IndexNotFoundException)
        {
            return; // a first load is promoted before there is an alias
        }

        if (facts.Layout.IsAttached)
        {
            throw new LayoutRefusedException(
                $"'{facts.Index}' at {connection.Address} is your own index with FILIP's fields attached; it has no generations to promote or to go back to. "
                + "For generations use a side index: filip index SOURCE --to another name, without --attach.");
        }
    }

    private static ElasticException SeveralIndices(string alias, IEnumerable<string> names)
    {
        var sorted = names.Order(StringComparer.Ordinal).ToList();
        return new ElasticException(
            ElasticFailure.Refused,
            $"The alias '{alias}' points to {sorted.Count} indices ({string.Join(", ", sorted)}); expected one. Take the others off it, or name the index itself.");
    }

    private async ValueTask<int> NodesAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await connection.AskAsync(ElasticQuestion.Get("_cluster/health?filter_path=number_of_data_nodes"), cancellationToken);
            using var json = answer.Json();
            return json.RootElement.GetProperty("number_of_data_nodes").GetInt32();
        }
        catch (ElasticException error) when (error.Failure == ElasticFailure.NotAllowed)
        {
            return 2; // without cluster:monitor nobody can tell: a replica too many costs a yellow light, one too few costs data
        }
    }

    private int Number(string name) =>
        name.Length == Alias.Length + 7 && name.StartsWith(Alias + "-", StringComparison.Ordinal)
        && int.TryParse(name.AsSpan(Alias.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : 0;

    private static byte[] Bytes(JsonNode node) => Encoding.UTF8.GetBytes(node.ToJsonString());
}

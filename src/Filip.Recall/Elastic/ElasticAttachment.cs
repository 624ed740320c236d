using System.Text;
using System.Text.Json.Nodes;
using Filip.Embeddings;

namespace Filip.Recall.Elastic;

/// <summary>Adds FILIP's fields to the mapping of an index that its user already has. Nothing of the user's is changed.</summary>
/// <param name="connection">The cluster and index, or an alias to one index.</param>
public sealed class ElasticAttachment(ElasticConnection connection)
{
    private const string SideIndex = "Use a side index: the same command, another --to, without --attach.";

    /// <summary>Attaches, or finds attached already, an index to a model.</summary>
    /// <param name="stamp">What will be written.</param>
    /// <param name="options">Kind of the vector index.</param>
    /// <param name="attach">Which of the user's fields are path and caption.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The index as it is now.</returns>
    /// <exception cref="IndexNotFoundException">There is no such index.</exception>
    /// <exception cref="LayoutRefusedException">It cannot be attached to, or not without harm.</exception>
    /// <exception cref="StampMismatchException">It is attached to another model.</exception>
    public async ValueTask<ElasticIndexFacts> AttachAsync(
        IndexStamp stamp, ElasticIndexOptions options, AttachOptions attach, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stamp);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(attach);
        if (stamp.PooledVectors.IsSeveral)
        {
            throw new LayoutRefusedException(
                $"An attached index holds one pooled vector a picture; '{stamp.PooledVectors}' is for an index of FILIP's own. {SideIndex}");
        }

        var generations = new ElasticGenerations(connection);
        var found = await generations.DescribeAsync(connection.Address.Index, cancellationToken);
        var layout = ElasticLayout.Attached(attach with
        {
            PathField = attach.PathField ?? (found.Layout.IsAttached ? found.Layout.PathField : null),
            CaptionField = attach.CaptionField ?? (found.Layout.IsAttached ? found.Layout.CaptionField : null),
        });
        Refuse(found, layout);
        found.Stamp?.EnsureUsableBy(stamp);
        if (found.Stamp is not null && found.Layout == layout)
        {
            return found;
        }

        await RefuseRebuiltSourceAsync(found.Index, cancellationToken);
        var body = new JsonObject { ["_meta"] = Meta(found, found.Stamp ?? stamp, layout) };
        if (found.Stamp is null)
        {
            body["properties"] = new JsonObject { [ElasticLayout.Root] = ElasticTemplate.AttachedObject(stamp, options) };
        }

        using (await connection.AskAsync(
            new ElasticQuestion("PUT", $"{Uri.EscapeDataString(found.Index)}/_mapping", Encoding.UTF8.GetBytes(body.ToJsonString())), cancellationToken))
        {
        }

        return await generations.DescribeAsync(found.Index, cancellationToken);
    }

    // From 9.0 the mode of _source is a setting, no longer a part of the mapping.
    private async ValueTask RefuseRebuiltSourceAsync(string index, CancellationToken cancellationToken)
    {
        using var answer = await connection.AskAsync(
            ElasticQuestion.Get($"{Uri.EscapeDataString(index)}/_settings?filter_path=*.settings.index.mapping.source.mode"), cancellationToken);
        if (answer.Body.Span.IndexOf("synthetic"u8) >= 0)
        {
            throw new LayoutRefusedException(
                $"'{index}' at {connection.Address} cannot be attached to: its _source is synthetic, from which a patch record would not come back as it was sent. {SideIndex}");
        }
    }

    private void Refuse(ElasticIndexFacts found, ElasticLayout layout)
    {
        var at = $"'{found.Index}' at {connection.Address}";
        if (found.Stamp is not null && !found.Layout.IsAttached)
        {
            throw new LayoutRefusedException($"{at} is an index of FILIP's own already; leave --attach away.");
        }

        if (found.Stamp is null && found.Mapping.Find(ElasticLayout.Root) is { } taken)
        {
            throw new LayoutRefusedException(
                $"{at} has a field '{taken.Name}' of its own ({taken.Type}), the name under which FILIP's fields would stand. {SideIndex}");
        }

        if (found.UpdateTrouble is { } trouble)
        {
            throw new LayoutRefusedException($"{at} cannot be attached to: {trouble} {SideIndex}");
        }

        foreach (var (option, name) in new[] { ("path", layout.PathField), ("caption", layout.CaptionField) })
        {
            if (name is not null && (found.Mapping.Find(name) is null || name.Split('.')[0] == ElasticLayout.Root))
            {
                throw new LayoutRefusedException($"{at} has no field '{name}' of the user's to take as {option}; name one of its mapping.");
            }
        }

        if (layout.CaptionField is { } caption && found.Mapping.Find(caption) is { IsText: false, Type: not "keyword" } field)
        {
            throw new LayoutRefusedException(
                $"The caption field '{caption}' of {at} is '{field.Type}'; words are searched in text (or, whole, in keyword). Name another.");
        }
    }

    // The user's own members of _meta are put back as they were: what is sent takes the place of what was there.
    private static JsonObject Meta(ElasticIndexFacts found, IndexStamp stamp, ElasticLayout layout)
    {
        var meta = found.MetaJson is { } text ? JsonNode.Parse(text)!.AsObject() : [];
        var filip = ElasticStamp.ToNode(stamp).AsObject();
        layout.AddTo(filip);
        meta[ElasticStamp.Member] = filip;
        return meta;
    }
}

using System.Text.Json;
using Filip.Recall.Elastic;

namespace Filip.Indexer.Elastic;

/// <summary>What is left out when documents of an existing index are read: vectors, and what is ours in them.</summary>
internal static class SourceMapping
{
    private static readonly string[] s_heavy = ["dense_vector", "sparse_vector", "rank_vectors"];

    /// <summary>Paths of fields to leave out of <c>_source</c>, read from the mapping.</summary>
    /// <exception cref="ElasticException">The index is not there, or cannot be asked.</exception>
    public static async ValueTask<IReadOnlyList<string>> HeavyFieldsAsync(ElasticConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await connection.AskAsync(
                ElasticQuestion.Get(Uri.EscapeDataString(connection.Address.Index) + "/_mapping"), cancellationToken);
            using var json = answer.Json();
            var heavy = new SortedSet<string>(StringComparer.Ordinal);
            foreach (var index in json.RootElement.EnumerateObject())
            {
                if (index.Value.TryGetProperty("mappings", out var mappings))
                {
                    Collect(mappings, "", heavy);
                    LeaveOutOurs(mappings, heavy);
                }
            }

            return [.. heavy];
        }
        catch (ElasticException error) when (error is { Failure: ElasticFailure.NotAllowed, Status: 403 })
        {
            return []; // a narrow key: from 9.2 on the server leaves vectors out by itself
        }
    }

    private static void Collect(JsonElement mapping, string prefix, SortedSet<string> heavy)
    {
        if (!mapping.TryGetProperty("properties", out var properties))
        {
            return;
        }

        foreach (var field in properties.EnumerateObject())
        {
            if (field.Value.TryGetProperty("type", out var type) && s_heavy.Contains(type.GetString()))
            {
                heavy.Add(prefix + field.Name);
            }

            Collect(field.Value, prefix + field.Name + ".", heavy);
        }
    }

    // Ours, by the stamp: the one object of an attached index, else what an index of our own keeps beside the user's fields.
    private static void LeaveOutOurs(JsonElement mappings, SortedSet<string> heavy)
    {
        if (mappings.TryGetProperty("_meta", out var meta) && meta.TryGetProperty("filip", out _)
            && mappings.TryGetProperty("properties", out var properties))
        {
            heavy.UnionWith(properties.TryGetProperty("filip", out _)
                ? ["filip"]
                : [ElasticFields.ContentHash, ElasticFields.Facets, ElasticFields.Patches]);
        }
    }
}

using System.Text.Json;

namespace Filip.Indexer.Elastic;

/// <summary>Reads the answer to a bulk: every item is looked at, for a bulk with errors is a 200 too.</summary>
internal static class BulkAnswer
{
    /// <summary>The fate of each item, in the order sent.</summary>
    /// <param name="root">The answer.</param>
    /// <param name="sent">How many items were sent.</param>
    /// <exception cref="InvalidDataException">The answer has not one item for each that was sent.</exception>
    public static IReadOnlyList<(ItemFate Fate, string? Reason)> Read(JsonElement root, int sent)
    {
        if (!root.TryGetProperty("items", out var items) || items.GetArrayLength() != sent)
        {
            throw new InvalidDataException($"The answer to a bulk of {sent} items names {(items.ValueKind == JsonValueKind.Array ? items.GetArrayLength() : 0)}.");
        }

        return [.. items.EnumerateArray().Select(item => Classify(item.EnumerateObject().First().Value))];
    }

    private static (ItemFate Fate, string? Reason) Classify(JsonElement item)
    {
        var status = item.GetProperty("status").GetInt32();
        if (status is >= 200 and < 300)
        {
            // 200 (updated) where 201 was due is no duplicate: Elasticsearch may apply a bulk twice inside when a primary moves.
            return (ItemFate.Done, null);
        }

        if (!item.TryGetProperty("error", out var error))
        {
            return status == 404 ? (ItemFate.WasMissing, null) : (ItemFate.Again, $"status {status}");
        }

        var type = error.TryGetProperty("type", out var t) ? t.GetString() ?? "" : "";
        var reason = error.TryGetProperty("reason", out var r) ? r.GetString() ?? "" : "";
        if (error.TryGetProperty("caused_by", out var cause) && cause.TryGetProperty("reason", out var deeper))
        {
            reason += ": " + deeper.GetString();
        }

        return (Fate(status, type), $"{type}: {reason}");
    }

    // By error.type, not by status: a full disk is a 429 too, and retrying it would hang for ever.
    private static ItemFate Fate(int status, string type) => type switch
    {
        "cluster_block_exception" or "index_closed_exception" or "security_exception" or "index_not_found_exception" => ItemFate.Stop,
        "version_conflict_engine_exception" => ItemFate.Conflict,
        "es_rejected_execution_exception" or "unavailable_shards_exception" or "circuit_breaking_exception"
            or "process_cluster_event_timeout_exception" or "no_shard_available_action_exception"
            or "node_closed_exception" or "primary_missing_action_exception" => ItemFate.Again,
        _ => status is 429 or >= 500 ? ItemFate.Again : ItemFate.Poison,
    };
}

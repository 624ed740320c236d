using System.Text.Json;

namespace Filip.Indexer.Elastic;

/// <summary>Reads the answer to a bulk: every item is looked at, for a bulk with errors is a 200 too.</summary>
internal static class BulkAnswer
{
    /// <summary>The fate of each item, in the order sent.</summary>
    /// <param name="root">The answer.</param>
    /// <param name="sent">How many items were sent.</param>
    /// <exception cref="InvalidDataException">The answer is none to a bulk, or has not one item for each that was sent.</exception>
    public static IReadOnlyList<ItemOutcome> Read(JsonElement root, int sent)
    {
        try
        {
            return root.TryGetProperty("items", out var items) && items.GetArrayLength() == sent
                ? [.. items.EnumerateArray().Select(item => Classify(item.EnumerateObject().First().Value))]
                : throw new InvalidDataException($"What answered a bulk of {sent} items did not name each of them.");
        }
        catch (Exception error) when (error is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new InvalidDataException($"What answered a bulk of {sent} items is no answer to a bulk: {error.Message}", error);
        }
    }

    /// <summary>What to do about a block, by its reason.</summary>
    public static string Advice(string? why) => why switch
    {
        not null when why.Contains("flood-stage", StringComparison.Ordinal) => "Its disk is over the flood stage: free disk or add nodes.",
        not null when why.StartsWith("security_exception", StringComparison.Ordinal) => "The key lacks a privilege; elastic/roles.md names those that are needed.",
        not null when why.StartsWith("index_closed", StringComparison.Ordinal) => "Open the index.",
        not null when why.StartsWith("index_not_found", StringComparison.Ordinal) => "Somebody deleted the index while it was being filled.",
        _ => "Take the block off the index (index.blocks.*).",
    };

    private static ItemOutcome Classify(JsonElement item)
    {
        var status = item.GetProperty("status").GetInt32();
        if (status is >= 200 and < 300)
        {
            // 200 (updated) where 201 was due is no duplicate: Elasticsearch may apply a bulk twice inside when a primary moves.
            return new ItemOutcome(ItemFate.Done, null);
        }

        if (!item.TryGetProperty("error", out var error))
        {
            return status == 404 ? new ItemOutcome(ItemFate.WasMissing, null) : new ItemOutcome(Fate(status, ""), $"status {status}");
        }

        if (error.ValueKind != JsonValueKind.Object)
        {
            return new ItemOutcome(Fate(status, ""), $"status {status}: {error}");
        }

        var type = Text(error, "type");
        var reason = Text(error, "reason");
        if (error.TryGetProperty("caused_by", out var cause) && cause.ValueKind == JsonValueKind.Object)
        {
            reason += ": " + Text(cause, "reason");
        }

        return new ItemOutcome(Fate(status, type), $"{type}: {reason}");
    }

    // By error.type, not by status: a full disk is a 429 too, and retrying it would hang for ever.
    private static ItemFate Fate(int status, string type) => type switch
    {
        "cluster_block_exception" when status == 503 => ItemFate.Again, // no master, or not recovered yet
        "cluster_block_exception" or "index_closed_exception" or "security_exception" or "index_not_found_exception" => ItemFate.Stop,
        "version_conflict_engine_exception" => ItemFate.Conflict,
        "es_rejected_execution_exception" or "unavailable_shards_exception" or "circuit_breaking_exception"
            or "process_cluster_event_timeout_exception" or "no_shard_available_action_exception"
            or "node_closed_exception" or "primary_missing_action_exception" => ItemFate.Again,
        _ => status is 429 or >= 500 ? ItemFate.Again : status is 401 or 403 ? ItemFate.Stop : ItemFate.Poison,
    };

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Filip.Testing;

namespace Filip.Elastic.Tests.Stub;

/// <summary>Answers as a real Elasticsearch sent them, from ../shared/elasticsearch/answers where it is, else the same in short.</summary>
internal static class RecordedAnswers
{
    private static readonly Dictionary<string, string> s_short = new()
    {
        ["flood-stage-bulk"] = Item(429, "cluster_block_exception", "index [f] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];"),
        ["flood-stage-index"] = Whole(429, "cluster_block_exception", "index [f] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];"),
        ["write-block-bulk"] = Item(403, "cluster_block_exception", "index [f] blocked by: [FORBIDDEN/8/index write (api)];"),
        ["index-closed-bulk"] = Item(400, "index_closed_exception", "closed"),
        ["bulk-item-errors"] = Item(400, "document_parsing_exception", "failed to parse"),
        ["indexing-pressure-items"] = Item(429, "es_rejected_execution_exception", "rejected execution of primary operation"),
        ["bulk-shard-down"] = Item(503, "unavailable_shards_exception", "primary shard is not active"),
        ["indexing-pressure-whole"] = Whole(429, "es_rejected_execution_exception", "rejected execution of coordinating operation"),
        ["no-master-bulk"] = Whole(503, "cluster_block_exception", "blocked by: [SERVICE_UNAVAILABLE/2/no master];"),
        ["security-wrong-password"] = Whole(401, "security_exception", "unable to authenticate user [elastic] for REST request [/]"),
        ["security-forbidden-bulk"] = Whole(403, "security_exception", "action [indices:data/write/bulk] is unauthorized for API key id"),
        ["partial-search-refused-knn"] = Whole(503, "search_phase_execution_exception", "Search rejected due to missing shards"),
        ["partial-search-knn"] = """
            {"took":92,"timed_out":false,"_shards":{"total":3,"successful":2,"skipped":0,"failed":1,"failures":[{"shard":2,"index":"u","node":null,"reason":{"type":"no_shard_available_action_exception","reason":null}}]},"hits":{"total":{"value":1,"relation":"eq"},"max_score":1.0,"hits":[{"_index":"u","_id":"0","_score":1.0}]}}
            """,
    };

    /// <summary>All recorded answers; empty where they are not beside the checkout.</summary>
    public static string Folder { get; } = Path.Combine(GoldenFiles.Repository, "..", "shared", "elasticsearch", "answers");

    /// <summary>One answer's body.</summary>
    public static string Body(string name)
    {
        var file = Path.Combine(Folder, name + ".json");
        return File.Exists(file) ? File.ReadAllText(file) : s_short[name];
    }

    /// <summary>A recorded search as recall asks for it: ids by their column instead of <c>_id</c>.</summary>
    public static string Recall(string name)
    {
        var answer = JsonNode.Parse(Body(name))!;
        foreach (var hit in answer["hits"]!["hits"]!.AsArray())
        {
            hit!["fields"] = new JsonObject { ["id"] = new JsonArray(hit["_id"]!.DeepClone()) };
            hit.AsObject().Remove("_id");
        }

        return answer.ToJsonString();
    }

    /// <summary>Status and error of the first refused item of a recorded bulk.</summary>
    public static (int Status, JsonNode Error) Refusal(string name)
    {
        var item = JsonNode.Parse(Body(name))!["items"]!.AsArray()
            .Select(entry => entry!.AsObject().First().Value!).First(entry => entry["error"] is not null);
        return (item["status"]!.GetValue<int>(), item["error"]!.DeepClone());
    }

    private static string Item(int status, string type, string reason) =>
        $$$$$$"""{"errors":true,"took":0,"items":[{"index":{"_index":"f","_id":"2","status":{{{{{{status}}}}}},"error":{"type":"{{{{{{type}}}}}}","reason":{{{{{{JsonSerializer.Serialize(reason)}}}}}}}}}]}""";

    private static string Whole(int status, string type, string reason) =>
        $$$$$$"""{"error":{"type":"{{{{{{type}}}}}}","reason":{{{{{{JsonSerializer.Serialize(reason)}}}}}}},"status":{{{{{{status}}}}}}}""";
}

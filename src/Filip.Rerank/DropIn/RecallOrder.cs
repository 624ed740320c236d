using System.Text.Json;

namespace Filip.Rerank.DropIn;

/// <summary>Tells whether a search asks for an order of stage one's own, which a new order may take the place of.</summary>
internal static class RecallOrder
{
    /// <summary>True where nothing is sorted by, or first by falling <c>_score</c>, or by <c>_doc</c>, which is no order that anybody asked for.</summary>
    /// <remarks>A search sorted by price or date wants that order, and gets it. The URL's keys come after the body's.</remarks>
    public static bool Is(CallerBody body, CallerQuery query)
    {
        if (body.Value("sort") is { } sort && First(sort) is { } first)
        {
            return IsRecall(first.Key, first.Order);
        }

        var asked = query.Value("sort")?.Split(',')[0];
        if (string.IsNullOrEmpty(asked))
        {
            return true;
        }

        var colon = asked.LastIndexOf(':');
        return colon < 0 ? IsRecall(asked, null) : IsRecall(asked[..colon], asked[(colon + 1)..]);
    }

    private static bool IsRecall(string key, string? order) => key switch
    {
        "_score" => order is null || order.Equals("desc", StringComparison.OrdinalIgnoreCase),
        "_doc" or "_shard_doc" => true,
        _ => false,
    };

    private static (string Key, string? Order)? First(ReadOnlyMemory<byte> sort)
    {
        using var document = JsonDocument.Parse(
            sort, new JsonDocumentOptions { MaxDepth = 1_000, CommentHandling = JsonCommentHandling.Skip });
        var first = document.RootElement;
        if (first.ValueKind == JsonValueKind.Array)
        {
            if (first.GetArrayLength() == 0)
            {
                return null;
            }

            first = first[0];
        }

        if (first.ValueKind == JsonValueKind.String)
        {
            return (first.GetString()!, null);
        }

        if (first.ValueKind != JsonValueKind.Object)
        {
            return ("", null); // Elasticsearch says what is wrong with it
        }

        foreach (var key in first.EnumerateObject())
        {
            return (key.Name, Direction(key.Value));
        }

        return null;
    }

    private static string? Direction(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Object when value.TryGetProperty("order", out var order) => order.ToString(),
        _ => null,
    };
}

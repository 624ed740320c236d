using System.Text.Json;

namespace Filip.Recall.Elastic;

/// <summary>Turns Elasticsearch's refusals into one kind and one sentence each.</summary>
internal static class ElasticErrors
{
    /// <summary>The failure that an answer stands for.</summary>
    public static ElasticException From(ElasticAddress address, int status, ReadOnlySpan<byte> body)
    {
        var (type, reason) = Read(body);
        var failure = Kind(status, type, reason);
        var said = type is null ? $"status {status}" : $"status {status}, {type}: {reason}";
        var sentence = failure switch
        {
            ElasticFailure.NotAllowed when status == 401 =>
                $"Elasticsearch at {address} does not accept the credentials ({said}). Check the API key or the user and password.",
            ElasticFailure.NotAllowed =>
                $"Elasticsearch at {address} does not allow this ({said}). elastic/roles.md names the privileges that are needed.",
            ElasticFailure.NotFound => $"Elasticsearch at {address} has no such index or document ({said}).",
            ElasticFailure.DiskFull =>
                $"Elasticsearch at {address} blocks writes because its disk is over the flood stage ({said}). Free disk, then run this again.",
            ElasticFailure.Busy => $"Elasticsearch at {address} is busy or not ready ({said}).",
            _ => $"Elasticsearch at {address} refused the request ({said}).",
        };
        return new ElasticException(failure, sentence) { Status = status, Type = type };
    }

    private static ElasticFailure Kind(int status, string? type, string? reason) => (status, type) switch
    {
        (401 or 403, not "cluster_block_exception") => ElasticFailure.NotAllowed,
        (404, _) => ElasticFailure.NotFound,
        // Retrying a full disk by its status alone (429) would hang for ever.
        (_, "cluster_block_exception") when reason?.Contains("flood-stage", StringComparison.Ordinal) == true => ElasticFailure.DiskFull,
        (429, "cluster_block_exception") => ElasticFailure.DiskFull,
        (429 or 502 or 503 or 504, _) => ElasticFailure.Busy,
        _ => ElasticFailure.Refused,
    };

    private static (string? Type, string? Reason) Read(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty || body[0] != (byte)'{')
        {
            return (null, null);
        }

        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 1000 });
            using var document = JsonDocument.ParseValue(ref reader);
            if (!document.RootElement.TryGetProperty("error", out var error))
            {
                return (null, null);
            }

            if (error.ValueKind == JsonValueKind.String)
            {
                return ("error", error.GetString());
            }

            var cause = error;
            if (error.TryGetProperty("root_cause", out var roots) && roots.ValueKind == JsonValueKind.Array && roots.GetArrayLength() > 0)
            {
                cause = roots[0];
            }

            return (Text(error, "type") ?? Text(cause, "type"), Text(cause, "reason") ?? Text(error, "reason"));
        }
        catch (JsonException)
        {
            return (null, null);
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

using System.Net.Http.Headers;
using System.Text.Json;

namespace Filip.Cli.Comparing;

/// <summary>A running filip service, asked by <c>POST /v1/search</c>.</summary>
/// <param name="spec">Where it is and what it is asked.</param>
/// <param name="http">The client.</param>
/// <param name="candidates">Candidates where the spec names none.</param>
/// <param name="top">Most pictures of an answer.</param>
internal sealed class ServiceVariant(ServiceSpec spec, HttpClient http, int candidates, int top) : IVariant
{
    private readonly HttpQuestion _question = new(http, spec.Text);

    /// <inheritdoc/>
    public double? BytesPerPicture => null;

    /// <inheritdoc/>
    public ValueTask<VariantAnswer> AskAsync(string query, CancellationToken stop) =>
        _question.AskAsync(() => Request(query), Read, stop);

    private HttpRequestMessage Request(string query)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("query", query);
            json.WriteNumber("top", top);
            json.WriteNumber("candidates", Math.Max(spec.Candidates ?? candidates, top));
            if (spec.Mode is not null)
            {
                json.WriteString("mode", spec.Mode);
            }

            if (spec.DeadlineMs is { } deadline)
            {
                json.WriteNumber("deadline_ms", deadline);
            }

            json.WriteEndObject();
        }

        var request = new HttpRequestMessage(HttpMethod.Post, spec.Url) { Content = new ByteArrayContent(buffer.ToArray()) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (Environment.GetEnvironmentVariable("FILIP_API_KEY") is { Length: > 0 } key)
        {
            request.Headers.Add("X-Api-Key", key);
        }

        return request;
    }

    private VariantAnswer Read(JsonElement answer, double took)
    {
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("results", out var results) || results.ValueKind != JsonValueKind.Array)
        {
            throw new HttpRequestException($"{spec.Text} answers without 'results': is it a filip service? Another API needs template:FILE.json.");
        }

        var degraded = answer.TryGetProperty("degraded", out var flag) && flag.ValueKind == JsonValueKind.True;
        return new VariantAnswer([.. results.EnumerateArray().Select(result => result.GetProperty("id").GetString()!)], took)
        {
            Degraded = degraded ? answer.TryGetProperty("reason", out var reason) ? reason.ToString() : "unknown" : null,
        };
    }
}

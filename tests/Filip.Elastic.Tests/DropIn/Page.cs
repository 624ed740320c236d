using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Filip.Elastic.Tests.DropIn;

/// <summary>An answer to a search, taken apart.</summary>
internal sealed partial class Page
{
    private Page(HttpResponseMessage response, string text)
    {
        (Status, Text) = ((int)response.StatusCode, text);
        ContentType = response.Content.Headers.ContentType?.ToString();
        Product = response.Headers.TryGetValues("X-Elastic-Product", out var product) ? product.Single() : null;
    }

    public int Status { get; }

    public string Text { get; }

    public string? ContentType { get; }

    public string? Product { get; }

    public JsonElement Root => JsonElement.Parse(Text, new JsonDocumentOptions { MaxDepth = 1000 });

    public IReadOnlyList<JsonElement> Hits => [.. Root.GetProperty("hits").GetProperty("hits").EnumerateArray()];

    public IReadOnlyList<string> Ids => [.. Hits.Select(IdOf)];

    public JsonElement Note => Root.GetProperty("ext").GetProperty("filip");

    public string? Reason => Note.TryGetProperty("reason", out var reason) ? reason.GetString() : null;

    public static string IdOf(JsonElement hit) => hit.GetProperty("_id").GetString()!;

    public static double? Score(JsonElement hit) =>
        hit.GetProperty("_score") is { ValueKind: JsonValueKind.Number } score ? score.GetDouble() : null;

    /// <summary>The answer as text, without what no two answers have alike.</summary>
    public string Timeless => Took().Replace(Text, "\"took\":0");

    /// <summary>Posts a search.</summary>
    public static async Task<Page> AskAsync(
        HttpClient client, string index, string body, string contentType = "application/json", Action<HttpRequestMessage>? with = null)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, index.Contains('?', StringComparison.Ordinal)
            ? index.Replace("?", "/_search?", StringComparison.Ordinal)
            : index + "/_search");
        message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        with?.Invoke(message);
        using var response = await client.SendAsync(message, TestContext.Current.CancellationToken);
        return new Page(response, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>A body with the member as its first.</summary>
    public static string With(string body, string member) =>
        body.TrimStart() is ['{', .. var rest] && rest.TrimStart() is { } inner
            ? $"{{\"filip\":{member}{(inner.StartsWith('}') ? "" : ",")}{rest}"
            : body;

    /// <summary>An object's members as they were written, without those named.</summary>
    public static Dictionary<string, string> Members(JsonElement element, params string[] without) =>
        element.EnumerateObject().Where(member => !without.Contains(member.Name))
            .ToDictionary(member => member.Name, member => member.Value.GetRawText());

    [GeneratedRegex("\"took\"\\s*:\\s*\\d+")]
    private static partial Regex Took();
}

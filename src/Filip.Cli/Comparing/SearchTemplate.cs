using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Filip.Cli.Terminal;

namespace Filip.Cli.Comparing;

/// <summary>How any HTTP search API is asked: <c>{"url","method"?,"headers"?,"body"?,"ids"}</c>.</summary>
/// <remarks>
/// In <c>url</c> and in every text of <c>body</c>, <c>{query}</c> stands for the query and <c>{top}</c> for the number of
/// results wanted; both are escaped for where they stand, and a text that is <c>"{top}"</c> alone becomes a number. A
/// header may hold <c>${NAME}</c>, the environment variable of that name, so that no secret lies in the file.
/// </remarks>
internal sealed partial class SearchTemplate
{
    private static readonly string[] s_members = ["url", "method", "headers", "body", "ids"];

    private readonly string _url;
    private readonly HttpMethod _method;
    private readonly List<(string Name, string Value)> _headers;
    private readonly JsonNode? _body;

    private SearchTemplate(string url, HttpMethod method, List<(string Name, string Value)> headers, JsonNode? body, IdPath ids)
    {
        _url = url;
        _method = method;
        _headers = headers;
        _body = body;
        Ids = ids;
    }

    /// <summary>Where the ids stand in an answer.</summary>
    public IdPath Ids { get; }

    /// <summary>Reads a template.</summary>
    /// <param name="json">The file's bytes.</param>
    /// <param name="file">What the file is called in errors.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <exception cref="UsageException">It is no template; the message says what is wrong with it.</exception>
    public static SearchTemplate Parse(ReadOnlySpan<byte> json, string file, Func<string, string?> variable)
    {
        JsonObject root;
        try
        {
            root = JsonNode.Parse(json, null, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip }) as JsonObject
                ?? throw new UsageException($"'{file}' holds no JSON object; {Expected}");
        }
        catch (JsonException error)
        {
            throw new UsageException($"'{file}' is no JSON: {error.Message}");
        }

        if (root.Select(member => member.Key).FirstOrDefault(name => !s_members.Contains(name)) is { } unknown)
        {
            throw new UsageException($"'{file}' has a member '{unknown}'; {Expected}");
        }

        var url = Text(root["url"], "url", file);
        var sample = url.Replace("{query}", "q", StringComparison.Ordinal).Replace("{top}", "1", StringComparison.Ordinal);
        if (!Uri.TryCreate(sample, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("http" or "https"))
        {
            throw new UsageException($"'{file}': url is '{url}'; expected http://… or https://….");
        }

        var body = root["body"];
        if (!url.Contains("{query}", StringComparison.Ordinal) && body?.ToJsonString().Contains("{query}", StringComparison.Ordinal) != true)
        {
            throw new UsageException($"'{file}' has no {{query}} in url or body: every query would get the same answer.");
        }

        var method = root["method"] is { } named ? Text(named, "method", file) : body is null ? "GET" : "POST";
        return new SearchTemplate(
            url, HttpMethod.Parse(method.ToUpperInvariant()), Headers(root["headers"], file, variable), body?.DeepClone(), IdPath.Parse(Text(root["ids"], "ids", file)));
    }

    /// <summary>The request for one query.</summary>
    public HttpRequestMessage Request(string query, int top)
    {
        var number = top.ToString(CultureInfo.InvariantCulture);
        var request = new HttpRequestMessage(_method, Fill(_url, Uri.EscapeDataString(query), number));
        if (_body is not null)
        {
            request.Content = new StringContent(Filled(_body, query, top)!.ToJsonString(), System.Text.Encoding.UTF8, "application/json");
        }

        foreach (var (name, value) in _headers)
        {
            if (request.Headers.TryAddWithoutValidation(name, value))
            {
                continue;
            }

            // Content-Type and its like belong to the content.
            request.Content?.Headers.Remove(name);
            request.Content?.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private static string Expected => $"a template has {string.Join(", ", s_members)}.";

    private static JsonNode? Filled(JsonNode? node, string query, int top) => node switch
    {
        JsonObject members => new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, Filled(member.Value, query, top)))),
        JsonArray list => new JsonArray([.. list.Select(one => Filled(one, query, top))]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>() is var text && text == "{top}"
            ? JsonValue.Create(top)
            : JsonValue.Create(Fill(text, query, top.ToString(CultureInfo.InvariantCulture))),
        _ => node?.DeepClone(),
    };

    /// <summary>Both placeholders in one pass: a query that says "{top}" stays as it was typed.</summary>
    private static string Fill(string text, string query, string top) =>
        Placeholder().Replace(text, match => match.Value == "{query}" ? query : top);

    private static List<(string Name, string Value)> Headers(JsonNode? node, string file, Func<string, string?> variable)
    {
        if (node is null)
        {
            return [];
        }

        return node is JsonObject headers
            ? [.. headers.Select(header => (header.Key, Variable().Replace(Text(header.Value, $"headers.{header.Key}", file), match =>
                variable(match.Groups[1].Value) is { Length: > 0 } value
                    ? value
                    : throw new UsageException($"'{file}': the header {header.Key} wants the environment variable {match.Groups[1].Value}, which is not set."))))]
            : throw new UsageException($"'{file}': headers is an object of texts.");
    }

    private static string Text(JsonNode? node, string member, string file) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() is { Length: > 0 } text
            ? text
            : throw new UsageException($"'{file}' has no text '{member}'; {Expected}");

    [GeneratedRegex(@"\{query\}|\{top\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\$\{([A-Za-z_][A-Za-z0-9_]*)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();
}

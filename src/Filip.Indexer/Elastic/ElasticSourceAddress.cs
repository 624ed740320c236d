using System.Globalization;
using System.Text.Json;
using Filip.Recall.Elastic;

namespace Filip.Indexer.Elastic;

/// <summary>An existing index as a source: <c>es://index?…</c>, or with a cluster of its own, <c>es://host:9200/index?…</c>.</summary>
/// <remarks>
/// <c>es://</c> and <c>es+http://</c> speak http, <c>es+https://</c> https. Parameters are percent-decoded, <c>+</c> stays
/// <c>+</c>; <c>&amp;</c> in a query is written <c>%26</c>. No message repeats what may be a password.
/// </remarks>
/// <param name="Index">The cluster and the index or alias that is read.</param>
/// <param name="Options">The parameters.</param>
public sealed record ElasticSourceAddress(ElasticAddress Index, ElasticSourceOptions Options)
{
    private const string Form = "es://index?path=FIELD or es://host:9200/index?path=FIELD";

    private static readonly string[] s_parameters = ["path", "url", "caption", "fields", "root", "query", "page"];

    /// <summary>Whether a source is meant as an index rather than a file or folder.</summary>
    /// <param name="source">What the user named as a source.</param>
    public static bool IsOne(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.StartsWith("es://", StringComparison.OrdinalIgnoreCase)
            || (source.StartsWith("es+", StringComparison.OrdinalIgnoreCase) && source.Contains("://", StringComparison.Ordinal));
    }

    /// <summary>Reads a source's address.</summary>
    /// <param name="source">The address.</param>
    /// <param name="target">Where the pictures go: an index there names the cluster where the source does not.</param>
    /// <exception cref="FormatException">What was found and what is expected; credentials are not repeated.</exception>
    public static ElasticSourceAddress Parse(string source, string target)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        var at = source.IndexOf("://", StringComparison.Ordinal) + 3;
        var http = source[..Math.Max(at, 0)].ToLowerInvariant() switch
        {
            "es://" or "es+http://" => "http://",
            "es+https://" => "https://",
            _ => throw new FormatException($"An index is named as a source by {Form}; the schemes are es, es+http and es+https."),
        };
        var question = source.IndexOf('?', StringComparison.Ordinal);
        var place = question < 0 ? source[at..] : source[at..question];
        var options = ReadParameters(question < 0 ? "" : source[(question + 1)..]);
        return new ElasticSourceAddress(ReadPlace(place, http, namesScheme: at > "es://".Length, target), options);
    }

    private static ElasticAddress ReadPlace(string place, string http, bool namesScheme, string target)
    {
        if (place.TrimEnd('/').Contains('/', StringComparison.Ordinal))
        {
            return ElasticAddress.Parse(http + place);
        }

        if (namesScheme || place.IndexOfAny([':', '@', ',']) >= 0)
        {
            throw new FormatException(
                $"The source names a cluster and no index; expected {Form}. In a user or password write / as %2F, ? as %3F and @ as %40.");
        }

        var index = Uri.UnescapeDataString(place.TrimEnd('/'));
        return ElasticAddress.IsOne(target)
            ? ElasticAddress.Parse(target).WithIndex(index)
            : throw new FormatException(
                $"'es://{index}' names no cluster, and the target is a folder. Name the cluster: es://host:9200/{index}?… (or es+https://).");
    }

    private static ElasticSourceOptions ReadParameters(string text)
    {
        var options = new ElasticSourceOptions();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var pair = part.Split('=', 2);
            var name = Uri.UnescapeDataString(pair[0]);
            if (!s_parameters.Contains(name))
            {
                // A question mark in a password would bring half of it here: such a name is not repeated.
                var found = name.IndexOfAny(['@', '/', ':']) >= 0 ? "The source has a parameter that" : $"'{name}'";
                throw new FormatException($"{found} is none of a source's parameters: {string.Join(", ", s_parameters)}.");
            }

            if (pair.Length == 1 || !seen.Add(name))
            {
                throw new FormatException($"The source's parameter '{name}' {(pair.Length == 1 ? $"has no value; expected {name}=…" : "is there twice")}.");
            }

            options = With(options, name, Uri.UnescapeDataString(pair[1]));
        }

        options.Validate();
        return options;
    }

    private static ElasticSourceOptions With(ElasticSourceOptions options, string name, string value) => name switch
    {
        "path" => options with { Path = value },
        "url" => options with { Url = value },
        "caption" => options with { Caption = value },
        "fields" => options with { Fields = value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) },
        "root" => options with { Root = value },
        "query" => options with { Query = ReadQuery(value) },
        _ => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size is >= 1 and <= 10_000
            ? options with { PageSize = size }
            : throw new FormatException($"'page' is '{value}'; expected how many documents are asked for at once, 1 to 10000."),
    };

    private static JsonElement ReadQuery(string text)
    {
        try
        {
            return JsonElement.Parse(text);
        }
        catch (JsonException problem)
        {
            throw new FormatException(
                $"'query' is no JSON: {problem.Message} Expected an Elasticsearch query such as {{\"term\":{{\"brand\":\"acme\"}}}} (& is written %26).", problem);
        }
    }
}

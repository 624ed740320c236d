namespace Filip.Recall.Elastic;

/// <summary>Where an index lives on Elasticsearch: nodes and the index's (or alias's) name.</summary>
/// <remarks>
/// <para>Written as <c>http(s)://[user:password@]host[:port][,host[:port]…]/index</c>. Credentials in it are taken out at
/// once and never come back from <see cref="ToString"/>, so that no log, error or metric can hold them.</para>
/// </remarks>
public sealed record ElasticAddress
{
    private ElasticAddress(IReadOnlyList<Uri> nodes, string index, string? user, string? password)
    {
        Nodes = nodes;
        Index = index;
        User = user;
        Password = password;
    }

    /// <summary>Addresses of the nodes, without credentials and path; at least one.</summary>
    public IReadOnlyList<Uri> Nodes { get; }

    /// <summary>Name of the index or alias.</summary>
    public string Index { get; }

    /// <summary>User named in the URL; null if none.</summary>
    internal string? User { get; }

    /// <summary>Password named in the URL; null if none.</summary>
    internal string? Password { get; }

    /// <summary>Whether a text names Elasticsearch rather than a folder.</summary>
    /// <param name="text">What the user named as an index.</param>
    public static bool IsOne(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Reads a URL.</summary>
    /// <param name="text">The URL, several hosts separated by commas.</param>
    /// <exception cref="FormatException">The text is no such URL; the message does not repeat credentials.</exception>
    public static ElasticAddress Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var scheme = text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? "https://" : "http://";
        if (!IsOne(text))
        {
            throw new FormatException("An Elasticsearch index is named by http(s)://host:9200/index.");
        }

        var rest = text[scheme.Length..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0 && rest.IndexOf('@', slash) >= 0)
        {
            // A password with a slash would be taken for a host and an index, and come back in a message.
            throw new FormatException(
                "The Elasticsearch URL has '@' after its first '/'. Write / as %2F and @ as %40 in the user or password (or name the index without '@').");
        }

        var authority = slash < 0 ? rest : rest[..slash];
        var index = slash < 0 ? "" : Uri.UnescapeDataString(rest[(slash + 1)..].TrimEnd('/'));
        string? user = null, password = null;
        var at = authority.LastIndexOf('@');
        if (at >= 0)
        {
            var pair = authority[..at].Split(':', 2);
            user = Uri.UnescapeDataString(pair[0]);
            password = pair.Length > 1 ? Uri.UnescapeDataString(pair[1]) : "";
            authority = authority[(at + 1)..];
        }

        var nodes = new List<Uri>();
        foreach (var host in authority.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!Uri.TryCreate(scheme + host, UriKind.Absolute, out var node))
            {
                throw new FormatException($"'{host}' is no host of an Elasticsearch URL; expected host or host:port.");
            }

            // A URL without a port means 9200 here, as in Elastic's own tools, not 80.
            nodes.Add(node.IsDefaultPort && !host.EndsWith(":80", StringComparison.Ordinal) && !host.EndsWith(":443", StringComparison.Ordinal)
                ? new UriBuilder(node) { Port = 9200 }.Uri
                : node);
        }

        if (nodes.Count == 0)
        {
            throw new FormatException("The Elasticsearch URL names no host; expected http(s)://host:9200/index.");
        }

        CheckIndexName(index);
        return new ElasticAddress(nodes, index, user, password);
    }

    /// <summary>The same nodes and credentials, another index.</summary>
    /// <param name="index">Its name.</param>
    public ElasticAddress WithIndex(string index)
    {
        CheckIndexName(index);
        return new ElasticAddress(Nodes, index, User, Password);
    }

    /// <summary>The address for people: never with credentials.</summary>
    public override string ToString() =>
        $"{Nodes[0].Scheme}://{string.Join(',', Nodes.Select(node => node.Authority))}/{Index}";

    private static void CheckIndexName(string index)
    {
        if (index.Length == 0)
        {
            throw new FormatException("The Elasticsearch URL names no index; expected http(s)://host:9200/index.");
        }

        if (index.Any(char.IsUpper) || index.IndexOfAny(['\\', '/', '*', '?', '"', '<', '>', '|', ' ', ',', '#', ':']) >= 0
            || index[0] is '-' or '_' or '+' || index is "." or "..")
        {
            throw new FormatException(
                $"'{index}' cannot be an Elasticsearch index: lower case, none of \\ / * ? \" < > | space , # :, not beginning with - _ +.");
        }
    }
}

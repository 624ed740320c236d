namespace Filip.Recall.Elastic;

/// <summary>One request, as bytes.</summary>
/// <param name="Method">GET, POST, PUT, DELETE or HEAD.</param>
/// <param name="Path">Path and query, escaped, without the leading slash.</param>
/// <param name="Body">The body; empty for none.</param>
public sealed record ElasticQuestion(string Method, string Path, ReadOnlyMemory<byte> Body = default)
{
    /// <summary>Whether the answer is wanted as CBOR, where stored binary fields travel as raw bytes.</summary>
    public bool Cbor { get; init; }

    /// <summary>Whether the body is newline-delimited (bulk), with the bulk's timeout.</summary>
    public bool Bulk { get; init; }

    /// <summary>Whether it may be sent again after a transient failure: true for all that reads or puts whole things.</summary>
    public bool Repeatable { get; init; } = true;

    /// <summary>Whether 404 is an answer, not an error.</summary>
    public bool MayBeMissing { get; init; }

    /// <summary>A request with a JSON body.</summary>
    public static ElasticQuestion Post(string path, ReadOnlyMemory<byte> body) => new("POST", path, body);

    /// <summary>A request without a body.</summary>
    public static ElasticQuestion Get(string path) => new("GET", path);
}

using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Filip.Indexer.Elastic;

/// <summary>What of an existing index is read, and how. Names of fields may be dotted (<c>media.image.file</c>).</summary>
public sealed record ElasticSourceOptions
{
    /// <summary>The field with the picture's file.</summary>
    /// <value>The default is <c>path</c>.</value>
    public string Path { get; init; } = "path";

    /// <summary>The field with the picture's address, read where a document has no file.</summary>
    /// <value>The default is <c>url</c>.</value>
    public string Url { get; init; } = "url";

    /// <summary>The field with the caption.</summary>
    /// <value>The default is <c>caption</c>.</value>
    public string Caption { get; init; } = "caption";

    /// <summary>The fields copied as attributes, under the same names.</summary>
    /// <value>The default is null: every other top-level member of the document, vectors and our own fields left out.</value>
    public IReadOnlyList<string>? Fields { get; init; }

    /// <summary>The folder that relative paths start from.</summary>
    /// <value>The default is the current folder.</value>
    public string Root { get; init; } = ".";

    /// <summary>A query of Elasticsearch's that a document must match.</summary>
    /// <value>The default is null: every document.</value>
    public JsonElement? Query { get; init; }

    /// <summary>Documents asked for at once.</summary>
    /// <value>The default is 500.</value>
    [Range(1, 10_000)]
    public int PageSize { get; init; } = 500;

    /// <summary>How long the cluster keeps the point in time after each request; renewed while pictures are being worked on.</summary>
    /// <value>The default is 10 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long reading goes on trying while the cluster does not give a whole page.</summary>
    /// <value>The default is 5 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>First pause after a page that failed; doubled each time, with jitter.</summary>
    /// <value>The default is 200 milliseconds.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest pause between two tries.</summary>
    /// <value>The default is 5 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Refuses what cannot be read by.</summary>
    /// <exception cref="FormatException">Names the parameter, what was found and what is expected.</exception>
    public void Validate()
    {
        try
        {
            Validator.ValidateObject(this, new ValidationContext(this), validateAllProperties: true);
        }
        catch (ValidationException problem)
        {
            throw new FormatException(problem.Message, problem);
        }

        foreach (var (parameter, field) in ((string, string)[])[("path", Path), ("url", Url), ("caption", Caption), .. (Fields ?? []).Select(field => ("fields", field))])
        {
            // In a list of source fields a star is a pattern, and an empty name is refused by the server in words nobody expects.
            if (string.IsNullOrWhiteSpace(field) || field.Contains('*', StringComparison.Ordinal))
            {
                throw new FormatException($"'{field}' in '{parameter}' names no field; expected the name of one, such as media.image.file.");
            }
        }

        if (Query is { ValueKind: not JsonValueKind.Object })
        {
            throw new FormatException("'query' is no JSON object; expected an Elasticsearch query such as {\"term\":{\"brand\":\"acme\"}}.");
        }

        if (!Directory.Exists(Root))
        {
            throw new FormatException($"'root' names '{Root}', which is no folder; relative paths could not be found there.");
        }
    }
}

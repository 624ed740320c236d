using System.Text.Json;
using Filip.Relevance.Files;

namespace Filip.Relevance.Judgements;

/// <summary>A query of an evaluation set.</summary>
/// <param name="Id">Its id in the judgements.</param>
/// <param name="Text">What a user would type.</param>
/// <param name="Family">The family it belongs to, for slices; null where it has none.</param>
/// <param name="Tags">More names to slice by.</param>
public sealed record EvaluationQuery(string Id, string Text, string? Family = null, IReadOnlyList<string>? Tags = null);

/// <summary>Reads the queries of an evaluation set.</summary>
public static class QueryFile
{
    /// <summary>Reads JSON lines <c>{"id":…,"text":…,"family"?:…,"tags"?:[…]}</c> (also BEIR's <c>_id</c>).</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="RelevanceFileException">A line is wrong, an id comes twice, or there is no query.</exception>
    public static IReadOnlyList<EvaluationQuery> Read(string path) => Parse(File.ReadAllBytes(path), path);

    /// <summary>Reads queries from bytes.</summary>
    /// <param name="bytes">The file's bytes, UTF-8.</param>
    /// <param name="name">What the file is called in error messages.</param>
    /// <exception cref="RelevanceFileException">A line is wrong, an id comes twice, or there is no query.</exception>
    public static IReadOnlyList<EvaluationQuery> Parse(ReadOnlyMemory<byte> bytes, string name)
    {
        var problems = new ProblemList(name);
        var queries = new List<EvaluationQuery>();
        var seen = new HashSet<string>();
        foreach (var (number, record) in JsonLines.Of(bytes, problems))
        {
            string? id = Fields.Id(record, "id", "_id", "query_id", "qid");
            string? text = Fields.Id(record, "text", "query");
            if (string.IsNullOrEmpty(id) || text is null)
            {
                problems.Add(number, "Expected a query as {\"id\":…,\"text\":…}.");
            }
            else if (!seen.Add(id))
            {
                problems.Add(number, $"The id '{id}' comes a second time.");
            }
            else
            {
                queries.Add(new EvaluationQuery(id, text, Fields.Id(record, "family"), Tags(record)));
            }
        }

        if (queries.Count == 0)
        {
            problems.Add(1, "The file holds no query.");
        }

        problems.ThrowIfAny();
        return queries;
    }

    private static string[] Tags(JsonElement record) =>
        record.TryGetProperty("tags", out var tags) && tags.ValueKind == JsonValueKind.Array
            ? [.. tags.EnumerateArray().Where(tag => tag.ValueKind == JsonValueKind.String).Select(tag => tag.GetString()!)]
            : [];
}

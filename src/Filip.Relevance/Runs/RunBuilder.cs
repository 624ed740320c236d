using System.Globalization;

namespace Filip.Relevance.Runs;

/// <summary>Takes answers document by document and says what is wrong with one.</summary>
internal sealed class RunBuilder(string name)
{
    private readonly List<string> _queries = [];
    private readonly Dictionary<string, List<RankedDocument>> _answers = [];
    private readonly Dictionary<(string Query, string Document), int> _lines = [];

    /// <summary>The run's name; the first that a file gives is taken.</summary>
    public string RunName { get; set; } = name;

    public bool IsEmpty => _lines.Count == 0;

    /// <summary>A query that was answered, be it with nothing.</summary>
    public void Name(string query)
    {
        if (_answers.TryAdd(query, []))
        {
            _queries.Add(query);
        }
    }

    /// <summary>Adds a document; what is wrong with it, or null.</summary>
    public string? TryAdd(string query, string document, double score, int line)
    {
        if (string.IsNullOrEmpty(query) || string.IsNullOrEmpty(document))
        {
            return "A query or a document is empty.";
        }

        if (!double.IsFinite(score))
        {
            return $"Document '{document}' of query '{query}' has a score that is not a finite number.";
        }

        if (!_lines.TryAdd((query, document), line))
        {
            int first = _lines[(query, document)];
            string where = first > 0 ? string.Create(CultureInfo.InvariantCulture, $" (first on line {first})") : "";
            return $"Document '{document}' is answered a second time for query '{query}'{where}. Keep one.";
        }

        Name(query);
        _answers[query].Add(new RankedDocument(document, score));
        return null;
    }

    public Run Build() => new(
        RunName,
        _queries,
        _answers.ToDictionary(
            answer => answer.Key,
            answer => (IReadOnlyList<RankedDocument>)[.. answer.Value.Order(DocumentOrder.TrecEval)]));
}

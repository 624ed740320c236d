using System.Globalization;

namespace Filip.Relevance.Judgements;

/// <summary>Takes judgements one by one and says what is wrong with one.</summary>
internal sealed class QrelsBuilder
{
    private readonly List<string> _named = [];
    private readonly Dictionary<string, Dictionary<string, double>> _grades = [];
    private readonly Dictionary<(string Query, string Document), int> _lines = [];

    /// <summary>A query that the file names, whether or not a rating follows.</summary>
    public void Name(string query)
    {
        if (_grades.TryAdd(query, []))
        {
            _named.Add(query);
        }
    }

    /// <summary>Adds a judgement; what is wrong with it, or null.</summary>
    public string? TryAdd(string query, string document, double grade, int line)
    {
        if (string.IsNullOrEmpty(query))
        {
            return "The query is empty.";
        }

        if (string.IsNullOrEmpty(document))
        {
            return $"Query '{query}' has a rating without a document.";
        }

        if (!double.IsFinite(grade))
        {
            return $"Document '{document}' of query '{query}' has a grade that is not a finite number.";
        }

        if (!_lines.TryAdd((query, document), line))
        {
            int first = _lines[(query, document)];
            string where = first > 0 ? string.Create(CultureInfo.InvariantCulture, $" (first on line {first})") : "";
            return $"Document '{document}' is judged a second time for query '{query}'{where}. Keep one judgement.";
        }

        Name(query);
        _grades[query].Add(document, grade);
        return null;
    }

    public bool IsEmpty => _lines.Count == 0;

    public Qrels Build()
    {
        string[] judged = [.. _named.Where(query => _grades[query].Count > 0)];
        return new Qrels(
            judged,
            judged.ToDictionary(query => query, query => (IReadOnlyDictionary<string, double>)_grades[query]),
            [.. _named.Where(query => _grades[query].Count == 0)]);
    }
}

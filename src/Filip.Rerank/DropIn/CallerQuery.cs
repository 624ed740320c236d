namespace Filip.Rerank.DropIn;

/// <summary>The parameters of the caller's URL, as they were written.</summary>
internal sealed class CallerQuery
{
    private readonly List<(string Name, string Raw)> _pairs;

    /// <summary>Reads a query string.</summary>
    /// <param name="text">With its question mark; empty where there is none.</param>
    public CallerQuery(string? text)
    {
        Text = text ?? "";
        _pairs = [.. Text.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => (Unescape(pair.Split('=', 2)[0]), pair))];
    }

    /// <summary>The query string as it came.</summary>
    public string Text { get; }

    /// <summary>Whether there is a parameter of this name.</summary>
    public bool Has(string name) => _pairs.Exists(pair => pair.Name == name);

    /// <summary>A parameter's value; null where there is none.</summary>
    public string? Value(string name)
    {
        var raw = _pairs.Find(pair => pair.Name == name).Raw;
        return raw is null ? null : raw.Split('=', 2) is [_, var value] ? Unescape(value) : "";
    }

    /// <summary>The query string without these parameters; the others as they were written.</summary>
    public string Without(params ReadOnlySpan<string> names)
    {
        List<string> kept = [];
        foreach (var (name, raw) in _pairs)
        {
            if (!names.Contains(name))
            {
                kept.Add(raw);
            }
        }

        return kept.Count == 0 ? "" : "?" + string.Join('&', kept);
    }

    /// <summary>These parameters as they were written, each with a leading ampersand.</summary>
    public string Only(params ReadOnlySpan<string> names)
    {
        var found = "";
        foreach (var (name, raw) in _pairs)
        {
            if (names.Contains(name))
            {
                found += "&" + raw;
            }
        }

        return found;
    }

    private static string Unescape(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}

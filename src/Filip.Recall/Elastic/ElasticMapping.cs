using System.Text.Json;

namespace Filip.Recall.Elastic;

/// <summary>The fields of an index as its mapping names them, dotted.</summary>
/// <remarks>Read once, at opening; a field that the user adds later is known to the next opening.</remarks>
public sealed class ElasticMapping
{
    private readonly Dictionary<string, MappedField> _fields = new(StringComparer.Ordinal);

    private ElasticMapping()
    {
    }

    /// <summary>Names of the vector fields: they are never read with a document.</summary>
    public IReadOnlyList<string> Vectors =>
        [.. _fields.Values.Where(one => one.Type is "dense_vector" or "sparse_vector" or "rank_vectors").Select(one => one.Name).Order(StringComparer.Ordinal)];

    /// <summary>The field of this name; null where the mapping has none (a member of a <c>flattened</c> field is one).</summary>
    /// <param name="name">Its dotted name.</param>
    public MappedField? Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (_fields.TryGetValue(name, out var field))
        {
            return field;
        }

        for (var dot = name.LastIndexOf('.'); dot > 0; dot = name.LastIndexOf('.', dot - 1))
        {
            if (_fields.TryGetValue(name[..dot], out var parent))
            {
                return parent.Type == "flattened" ? parent with { Name = name } : null;
            }
        }

        return null;
    }

    /// <summary>Reads a mapping.</summary>
    /// <param name="mappings">The <c>mappings</c> of one index.</param>
    internal static ElasticMapping Read(JsonElement mappings)
    {
        var mapping = new ElasticMapping();
        foreach (var section in (string[])["properties", "runtime"])
        {
            if (mappings.TryGetProperty(section, out var fields))
            {
                mapping.Add(fields, "", nested: false);
            }
        }

        return mapping;
    }

    private void Add(JsonElement fields, string prefix, bool nested)
    {
        foreach (var member in fields.EnumerateObject())
        {
            var name = prefix + member.Name;
            var type = member.Value.TryGetProperty("type", out var said) ? said.GetString()! : "object";
            if (type == "alias" && member.Value.TryGetProperty("path", out var target) && fields.TryGetProperty(target.GetString()!, out var aliased))
            {
                // An alias answers queries as its target does; only its own name is another.
                type = aliased.TryGetProperty("type", out said) ? said.GetString()! : "object";
            }

            _fields[name] = new MappedField(name, type, KeywordOf(member.Value, name), nested);
            if (member.Value.TryGetProperty("properties", out var inner))
            {
                Add(inner, name + ".", nested || type == "nested");
            }
        }
    }

    private static string? KeywordOf(JsonElement field, string name) =>
        field.TryGetProperty("fields", out var subs)
            && subs.EnumerateObject().FirstOrDefault(sub => sub.Value.TryGetProperty("type", out var type) && type.GetString() == "keyword")
                is { Value.ValueKind: JsonValueKind.Object } found
            ? $"{name}.{found.Name}"
            : null;
}

/// <summary>One field of a mapping.</summary>
/// <param name="Name">Its dotted name.</param>
/// <param name="Type">Its type; <c>object</c> where the mapping names none.</param>
/// <param name="Keyword">Its first keyword sub-field's dotted name; null where it has none.</param>
/// <param name="Nested">Whether it stands inside a <c>nested</c> object, where a plain condition finds nothing.</param>
public sealed record MappedField(string Name, string Type, string? Keyword, bool Nested)
{
    /// <summary>Whether it holds words that are searched singly.</summary>
    public bool IsText => Type is "text" or "match_only_text" or "search_as_you_type";
}

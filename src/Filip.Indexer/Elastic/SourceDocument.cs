using System.Text.Json;
using Filip.Indexer.Pipeline;
using Filip.Indexer.Sources;

namespace Filip.Indexer.Elastic;

/// <summary>Turns a document of an existing index into a picture to index, by the rules of a manifest's record.</summary>
internal sealed class SourceDocument(string source, ElasticSourceOptions options, IReadOnlyList<string> leftOut)
{
    private const int MostShown = 100;

    private readonly string _root = Path.GetFullPath(options.Root);

    /// <summary>The document as a source item.</summary>
    /// <param name="hit">The server's hit.</param>
    public SourceItem ToItem(JsonElement hit)
    {
        var record = new ManifestRecord(source, _root, line: null) { Id = hit.GetProperty("_id").GetString() };
        if (!hit.TryGetProperty("_source", out var fields))
        {
            return record.Refuse(DeadLetterCode.FieldRefused, "The document has no _source; its index keeps none, so there is nothing to read.");
        }

        if (Text(fields, options.Path, record, out var path) is { } noPath)
        {
            return noPath;
        }

        record.Path = path;
        string? url = null;
        if (string.IsNullOrEmpty(path) && Text(fields, options.Url, record, out url) is { } noUrl)
        {
            return noUrl;
        }

        record.Url = url;
        if (Text(fields, options.Caption, record, out var caption) is { } noCaption)
        {
            return noCaption;
        }

        record.Caption = caption;
        if (string.IsNullOrEmpty(path) && string.IsNullOrEmpty(url))
        {
            return record.Refuse(
                DeadLetterCode.FieldRefused,
                $"The document has neither '{options.Path}' nor '{options.Url}'; one must say where the picture is (parameters path and url name the fields).");
        }

        foreach (var (name, value) in options.Fields is { } names ? Named(fields, names) : Others(fields, hasPath: !string.IsNullOrEmpty(path)))
        {
            if (!JsonText.IsSound(value))
            {
                return record.Refuse(
                    DeadLetterCode.FieldRefused, $"The attribute '{name}' holds half of a surrogate pair, which cannot be written as UTF-8.");
            }

            record.Attributes[name] = value;
        }

        return record.ToItem();
    }

    // The first of several values counts: to Elasticsearch a field and a list of one are the same.
    private static SourceItem.Refused? Text(JsonElement fields, string name, ManifestRecord record, out string? text)
    {
        text = null;
        foreach (var value in Values(fields, name))
        {
            var first = value;
            while (first.ValueKind == JsonValueKind.Array && first.GetArrayLength() > 0)
            {
                first = first[0];
            }

            if (first.ValueKind is JsonValueKind.Array or JsonValueKind.Null)
            {
                continue;
            }

            if (JsonText.TryRead(first, orNumber: false, out text))
            {
                return null;
            }

            var raw = first.GetRawText();
            return record.Refuse(
                DeadLetterCode.FieldRefused,
                $"'{name}' is {(raw.Length > MostShown ? raw[..MostShown] + "…" : raw)}; expected a text.");
        }

        return null;
    }

    private static IEnumerable<(string Name, JsonElement Value)> Named(JsonElement fields, IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            List<JsonElement> values = [.. Values(fields, name)];
            if (values.Count > 0)
            {
                yield return (name, values.Count == 1 ? values[0] : JsonElement.Parse($"[{string.Join(',', values.Select(value => value.GetRawText()))}]"));
            }
        }
    }

    private IEnumerable<(string Name, JsonElement Value)> Others(JsonElement fields, bool hasPath) =>
        fields.EnumerateObject()
            .Where(field => field.Name != options.Path && field.Name != options.Caption && (hasPath || field.Name != options.Url)
                && !leftOut.Contains(field.Name))
            .Select(field => (field.Name, field.Value));

    /// <summary>Everything under a name: a member of that very name, and what its parts lead to through objects and lists of objects.</summary>
    private static IEnumerable<JsonElement> Values(JsonElement from, string name)
    {
        if (from.ValueKind == JsonValueKind.Array)
        {
            foreach (var value in from.EnumerateArray().SelectMany(item => Values(item, name)))
            {
                yield return value;
            }
        }

        if (from.ValueKind != JsonValueKind.Object)
        {
            yield break;
        }

        if (from.TryGetProperty(name, out var own))
        {
            yield return own;
        }

        for (var dot = name.IndexOf('.', StringComparison.Ordinal); dot > 0; dot = name.IndexOf('.', dot + 1))
        {
            if (from.TryGetProperty(name[..dot], out var inner))
            {
                foreach (var value in Values(inner, name[(dot + 1)..]))
                {
                    yield return value;
                }
            }
        }
    }
}

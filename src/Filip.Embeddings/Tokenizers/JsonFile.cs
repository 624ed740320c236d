using System.Text.Json;

namespace Filip.Embeddings.Tokenizers;

/// <summary>A JSON file whose errors say file, place and what was expected.</summary>
internal sealed class JsonFile : IDisposable
{
    private readonly JsonDocument _document;

    private JsonFile(string path, JsonDocument document)
    {
        Path = path;
        _document = document;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Its outermost value.</summary>
    public JsonElement Root => _document.RootElement;

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is no JSON.</exception>
    public static JsonFile Read(string path)
    {
        using var stream = File.OpenRead(path);
        try
        {
            return new JsonFile(path, JsonDocument.Parse(stream));
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException(
                $"{path}, line {(exception.LineNumber ?? 0) + 1}: is no valid JSON ({exception.Message}).", exception);
        }
    }

    /// <summary>A member of an object, of the kind asked for.</summary>
    public JsonElement Member(JsonElement parent, string name, JsonValueKind kind)
    {
        if (Optional(parent, name) is not { } value)
        {
            throw Broken($"'{name}' is missing; expected {Words(kind)}");
        }

        return value.ValueKind == kind ? value : throw Broken($"'{name}' is {Words(value.ValueKind)}; expected {Words(kind)}");
    }

    /// <summary>A member of an object; null where it is missing or null.</summary>
    public static JsonElement? Optional(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object
        && parent.TryGetProperty(name, out var value)
        && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    /// <summary>Whether an optional member is true; <paramref name="otherwise"/> where it is missing or null.</summary>
    public bool Flag(JsonElement parent, string name, bool otherwise) => Optional(parent, name) is not { } value
        ? otherwise
        : value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Broken($"'{name}' is {Words(value.ValueKind)}; expected true or false"),
        };

    /// <summary>A text member; null where it is missing or null.</summary>
    public string? Text(JsonElement parent, string name) =>
        Optional(parent, name) is { } value ? AsText(value, name) : null;

    /// <summary>A value's text.</summary>
    public string AsText(JsonElement value, string what)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            throw Broken($"{what} is {Words(value.ValueKind)}; expected a text");
        }

        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Broken($"{what} holds half a surrogate pair or bytes that are no UTF-8; expected Unicode text");
        }
    }

    /// <summary>A value as an id.</summary>
    public int Id(JsonElement value, string what) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int id) && id is >= 0 and < MostIds
            ? id
            : throw Broken($"the id of '{what}' is {value.GetRawText()}; expected a whole number from 0 to {MostIds - 1}");

    /// <summary>An object of entries and ids.</summary>
    public Dictionary<string, int> Vocabulary(JsonElement entries)
    {
        if (entries.ValueKind != JsonValueKind.Object)
        {
            throw Broken($"the vocabulary is {Words(entries.ValueKind)}; expected an object of entries and ids");
        }

        var vocabulary = new Dictionary<string, int>(entries.GetPropertyCount(), StringComparer.Ordinal);
        foreach (var entry in entries.EnumerateObject())
        {
            string name;
            try
            {
                name = entry.Name;
            }
            catch (InvalidOperationException)
            {
                throw Broken($"entry {vocabulary.Count} of the vocabulary holds half a surrogate pair; expected Unicode text");
            }

            vocabulary[name] = Id(entry.Value, name);
        }

        return vocabulary.Count > 0 ? vocabulary : throw Broken("the vocabulary is empty");
    }

    /// <summary>What to throw about this file.</summary>
    public InvalidDataException Broken(string what) => new($"{Path}: {what}.");

    /// <inheritdoc/>
    public void Dispose() => _document.Dispose();

    /// <summary>Ids index arrays; a file that names a higher one is broken or hostile.</summary>
    private const int MostIds = 10_000_000;

    private static string Words(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        _ => "nothing",
    };
}

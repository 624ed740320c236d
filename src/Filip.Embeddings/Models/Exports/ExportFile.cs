using System.Text.Json;

namespace Filip.Embeddings.Models.Exports;

/// <summary>One JSON file of an export, read leniently where real exports differ and strictly where a value would be guessed.</summary>
internal sealed class ExportFile
{
    private const long MostBytes = 64 << 20;

    private readonly string _name;
    private readonly JsonElement _object;

    private ExportFile(string name, JsonElement content)
    {
        _name = name;
        _object = content;
    }

    /// <summary>Reads a file of the folder, or gives null where it is not there.</summary>
    /// <exception cref="InvalidDataException">It is no JSON object, or unreasonably large.</exception>
    public static ExportFile? Read(string folder, string name)
    {
        var file = new FileInfo(Path.Combine(folder, name));
        if (!file.Exists)
        {
            return null;
        }

        if (file.Length > MostBytes)
        {
            throw new InvalidDataException($"{name} has {file.Length} bytes; a configuration file has at most {MostBytes}.");
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file.FullName), new JsonDocumentOptions { AllowTrailingCommas = true });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new ExportFile(name, document.RootElement.Clone())
                : throw new InvalidDataException($"{name} holds no JSON object; export the model again.");
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{name} is no JSON (line {(fault.LineNumber ?? 0) + 1}); export the model again.", fault);
        }
    }

    /// <summary>A member, or null where it is missing or null: exports write null for "as the class has it".</summary>
    public JsonElement? this[string member] =>
        _object.TryGetProperty(member, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>An object inside, or null.</summary>
    public ExportFile? Inner(string member) =>
        this[member] is { ValueKind: JsonValueKind.Object } inner ? new ExportFile($"{_name} ({member})", inner) : null;

    /// <summary>A text, or null; a token may be written as an object with <c>content</c>.</summary>
    public string? Text(string member) => this[member] switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        { ValueKind: JsonValueKind.Object } value when value.TryGetProperty("content", out var content)
            && content.ValueKind == JsonValueKind.String => content.GetString(),
        var other => throw Unfit(member, other.Value, "a text"),
    };

    /// <summary>True, false, or the value to take where nothing is said.</summary>
    public bool Flag(string member, bool otherwise) => this[member] switch
    {
        null => otherwise,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        var other => throw Unfit(member, other.Value, "true or false"),
    };

    /// <summary>A number, or null.</summary>
    public double? Number(string member) => this[member] switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value => value.GetDouble(),
        var other => throw Unfit(member, other.Value, "a number"),
    };

    /// <summary>A number of pixels or tokens, or null.</summary>
    public int? Whole(string member) => this[member] is { } value ? WholeOf(member, value) : null;

    /// <summary>One number for both sides, or height and width in a list; null where nothing is said.</summary>
    public (int Height, int Width)? Pair(string member)
    {
        if (this[member] is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            var side = WholeOf(member, value);
            return (side, side);
        }

        return value.GetArrayLength() == 2
            ? (WholeOf(member, value[0]), WholeOf(member, value[1]))
            : throw Unfit(member, value, "one number, or height and width");
    }

    /// <summary>Three numbers for R, G and B, or null; a single number stands for all three.</summary>
    public double[]? Channels(string member)
    {
        if (this[member] is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number)
        {
            return [value.GetDouble(), value.GetDouble(), value.GetDouble()];
        }

        return value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 3
            && value.EnumerateArray().All(channel => channel.ValueKind == JsonValueKind.Number)
            ? [.. value.EnumerateArray().Select(channel => channel.GetDouble())]
            : throw Unfit(member, value, "three numbers, for R, G and B");
    }

    /// <summary>The names of the members of an object inside.</summary>
    public IReadOnlyList<string> Members => [.. _object.EnumerateObject().Select(member => member.Name)];

    /// <summary>A refusal that names the file.</summary>
    public InvalidDataException Refused(string sentence) => new($"{_name}: {sentence}.");

    private int WholeOf(string member, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.GetDouble() is var number && number is >= 1 and <= 1e9 && number == Math.Floor(number)
            ? (int)number
            : throw Unfit(member, value, "a whole number, at least 1");

    private InvalidDataException Unfit(string member, JsonElement found, string expected)
    {
        var text = found.GetRawText();
        return Refused($"{member} is {(text.Length > 80 ? text[..80] + "…" : text)}; {expected} is expected");
    }
}

using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Unicode;
using Filip.Indexer.Pipeline;

namespace Filip.Indexer.Sources;

/// <summary>A manifest of JSON lines: <c>id</c>, <c>path</c> or <c>url</c>, <c>caption</c>, and any attributes.</summary>
/// <remarks>
/// <para>Relative paths are against the manifest's own folder. Where a record has both, <c>path</c> is read and <c>url</c>
/// is an ordinary attribute. An id may be text or a number.</para>
/// <para>Attributes keep their JSON type, and any name: <c>_id</c> or <c>_source</c> are attributes like any other and
/// never name the record.</para>
/// <para>Lines are counted in the file, blank ones included. A line that is no record is one dead letter with its number.</para>
/// </remarks>
public sealed class JsonlSource : IPictureSource
{
    private static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false };

    private readonly string _file;

    /// <summary>Names a manifest; it is read when the listing starts.</summary>
    /// <param name="file">The file.</param>
    public JsonlSource(string file)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(file);
        Name = file;
        _file = Path.GetFullPath(file);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public async IAsyncEnumerable<SourceItem> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var folder = Path.GetDirectoryName(_file)!;
        await using var stream = ManifestFile.Open(_file, Name);
        await foreach (var line in LineReader.ReadAsync(stream, cancellationToken))
        {
            if (line.TooLong || line.Bytes.Span.ContainsAnyExcept(" \t\r"u8))
            {
                yield return Parse(line, new ManifestRecord(Name, folder, line.Number));
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<long?> CountAsync(CancellationToken cancellationToken)
    {
        await using var stream = ManifestFile.Open(_file, Name);
        return await ManifestFile.CountLinesAsync(stream, cancellationToken);
    }

    private static SourceItem Parse(LineReader.Line line, ManifestRecord record)
    {
        if (line.TooLong)
        {
            return record.Refuse(
                DeadLetterCode.LineUnreadable, $"The line is longer than {LineReader.MostBytes} bytes; is a line end missing?");
        }

        if (!Utf8.IsValid(line.Bytes.Span))
        {
            return record.Refuse(DeadLetterCode.LineUnreadable, "The line is not UTF-8; write the manifest as UTF-8.");
        }

        try
        {
            using var json = JsonDocument.Parse(line.Bytes, s_strict);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
            {
                return record.Refuse(
                    DeadLetterCode.LineUnreadable, $"The line is a JSON {json.RootElement.ValueKind}; expected one object a line.");
            }

            return Fill(record, json.RootElement.Clone()) ?? record.ToItem();
        }
        catch (JsonException problem)
        {
            return record.Refuse(DeadLetterCode.LineUnreadable, $"The line is no JSON object: {problem.Message}");
        }
    }

    private static SourceItem.Refused? Fill(ManifestRecord record, JsonElement fields)
    {
        // The id first, so that whatever is wrong with another field is told under it.
        if (fields.TryGetProperty("id", out var id) && id.ValueKind != JsonValueKind.Null)
        {
            if (!JsonText.TryRead(id, orNumber: true, out var text))
            {
                return record.Refuse(DeadLetterCode.IdRefused, $"'id' is {id.GetRawText()}; expected a text or a number.");
            }

            record.Id = text;
        }

        var hasPath = fields.TryGetProperty("path", out var path) && path.ValueKind != JsonValueKind.Null;
        foreach (var field in fields.EnumerateObject())
        {
            switch (field.Name)
            {
                case "id":
                    break;
                case "path" or "caption" or "url" when !(field.NameEquals("url") && hasPath):
                    if (!JsonText.TryRead(field.Value, orNumber: false, out var text))
                    {
                        return record.Refuse(
                            DeadLetterCode.FieldRefused, $"'{field.Name}' is {field.Value.GetRawText()}; expected a text.");
                    }

                    Set(record, field.Name, text);
                    break;
                default:
                    if (!JsonText.IsSound(field.Value))
                    {
                        return record.Refuse(
                            DeadLetterCode.FieldRefused,
                            $"The attribute '{field.Name}' holds half of a surrogate pair, which cannot be written as UTF-8.");
                    }

                    record.Attributes[field.Name] = field.Value;
                    break;
            }
        }

        return null;
    }

    private static void Set(ManifestRecord record, string field, string? text)
    {
        switch (field)
        {
            case "path":
                record.Path = text;
                break;
            case "url":
                record.Url = text;
                break;
            default:
                record.Caption = text;
                break;
        }
    }
}

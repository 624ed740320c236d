using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Unicode;
using CsvHelper;
using Filip.Indexer.Pipeline;

namespace Filip.Indexer.Sources;

/// <summary>A manifest of comma-separated values with a header: <c>id</c>, <c>path</c> or <c>url</c>, <c>caption</c>, and any attributes.</summary>
/// <remarks>
/// The rules of <see cref="JsonlSource"/>, with two differences that the form brings: every attribute is a text, and an
/// empty cell is an attribute that is not there. Quoted cells may hold commas, quotes and line ends; lines are counted in
/// the file, and a record has the number of its first line. Cells are separated by commas, whatever the machine's culture.
/// </remarks>
public sealed class CsvSource : IPictureSource
{
    private readonly string _file;

    /// <summary>Names a manifest; it is read when the listing starts.</summary>
    /// <param name="file">The file.</param>
    public CsvSource(string file)
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
        var malformed = new Queue<SourceItem>();
        using var csv = CsvReader.Create(ManifestFile.Open(_file, Name), new CsvReaderOptions
        {
            Separator = ',',
            TrackLineNumbers = true,
            MaxRecordSize = LineReader.MostBytes,
            MalformedData = CsvMalformedDataHandling.Skip,
            OnMalformedRecord = bad => malformed.Enqueue(new ManifestRecord(Name, folder, bad.LineNumber).Refuse(
                DeadLetterCode.LineUnreadable, $"{Explain(bad.Reason)} The record is skipped.")),
        });
        var header = await ReadHeaderAsync(csv, cancellationToken);
        var more = true;
        while (more)
        {
            try
            {
                more = await csv.ReadAsync(cancellationToken);
            }
            catch (CsvFormatException problem)
            {
                malformed.Enqueue(new ManifestRecord(Name, folder, problem.LineNumber).Refuse(
                    DeadLetterCode.LineUnreadable, $"From this line on the file cannot be read: {problem.Message}"));
                more = false;
            }

            while (malformed.TryDequeue(out var refused))
            {
                yield return refused;
            }

            if (more)
            {
                yield return ToItem(header, csv, new ManifestRecord(Name, folder, csv.LineNumber));
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<long?> CountAsync(CancellationToken cancellationToken)
    {
        await using var stream = ManifestFile.Open(_file, Name);
        return Math.Max(0, await ManifestFile.CountLinesAsync(stream, cancellationToken) - 1);
    }

    private static string Explain(CsvMalformedReason reason) => reason switch
    {
        CsvMalformedReason.UnterminatedQuote => "A quote is never closed, so the rest of the file belongs to this record.",
        CsvMalformedReason.StrayQuote => "A quote stands inside a cell without quotes; quote the cell and double the quote.",
        CsvMalformedReason.TextAfterClosingQuote => "Text follows a closing quote; double the quotes inside a quoted cell.",
        _ => $"The record is malformed ({reason}).",
    };

    private async ValueTask<string[]> ReadHeaderAsync(CsvReader csv, CancellationToken cancellationToken)
    {
        try
        {
            await csv.ReadHeaderAsync(cancellationToken);
        }
        catch (CsvFormatException problem)
        {
            throw new SourceRefusedException($"The header of '{Name}' cannot be read: {problem.Message}", problem);
        }

        string[] header = [.. csv.Headers];
        if (header.Length == 0)
        {
            throw new SourceRefusedException($"The manifest '{Name}' is empty; expected a header with id and path or url.");
        }

        var repeated = header.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        if (repeated is not null || header.Any(string.IsNullOrWhiteSpace))
        {
            throw new SourceRefusedException(
                $"The header of '{Name}' has {(repeated is null ? "a column without a name" : $"the column '{repeated.Key}' twice")}; "
                + "every column needs a name of its own.");
        }

        return header.Contains("id") && (header.Contains("path") || header.Contains("url"))
            ? header
            : throw new SourceRefusedException(
                $"The header of '{Name}' is '{string.Join(',', header)}'; expected the columns id and path (or url), separated by commas.");
    }

    private static SourceItem ToItem(string[] header, CsvReader csv, ManifestRecord record)
    {
        if (!Utf8.IsValid(csv.RawRecord))
        {
            return record.Refuse(DeadLetterCode.LineUnreadable, "The record is not UTF-8; write the manifest as UTF-8.");
        }

        record.Id = Cell("id");
        if (csv.FieldCount != header.Length)
        {
            return record.Refuse(
                DeadLetterCode.LineUnreadable,
                $"The record has {csv.FieldCount} cells, the header {header.Length}; a comma inside a cell needs quotes around it.");
        }

        record.Path = Cell("path");
        record.Url = record.Path is null ? Cell("url") : null;
        record.Caption = Cell("caption");
        for (var column = 0; column < header.Length; column++)
        {
            var isOwn = header[column] is "id" or "path" or "caption" || (header[column] == "url" && record.Path is null);
            if (!isOwn && csv.GetString(column) is { Length: > 0 } value)
            {
                record.Attributes[header[column]] = JsonSerializer.SerializeToElement(value, IndexingJson.Default.String);
            }
        }

        return record.ToItem();

        string? Cell(string name) =>
            Array.IndexOf(header, name) is >= 0 and var column && column < csv.FieldCount && csv.GetString(column) is { Length: > 0 } cell
                ? cell
                : null;
    }
}

using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;
using Filip.Indexer.Pipeline;

namespace Filip.Indexer.Sources;

/// <summary>A manifest of comma-separated values with a header: <c>id</c>, <c>path</c> or <c>url</c>, <c>caption</c>, and any attributes.</summary>
/// <remarks>
/// The rules of <see cref="JsonlSource"/>, with two differences that the form brings: every attribute is a text, and an
/// empty cell is an attribute that is not there. Quoted cells may hold commas, quotes and line ends; lines are counted in
/// the file, and a record has the number of its first line.
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
        using var reader = new StreamReader(ManifestFile.Open(_file, Name), Encoding.UTF8, true, 64 * 1024);
        using var csv = new CsvParser(reader, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            BadDataFound = null,
            IgnoreBlankLines = true,
            MaxFieldSize = LineReader.MostBytes,
            CountBytes = false,
        });
        var header = await ReadHeaderAsync(csv);
        var nextLine = csv.RawRow + 1;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            SourceItem item;
            var last = false;
            try
            {
                if (!await csv.ReadAsync())
                {
                    yield break;
                }

                var line = FirstLine(csv, nextLine);
                item = ToItem(header, csv.Record!, new ManifestRecord(Name, folder, line));
            }
            catch (CsvHelperException problem)
            {
                // The parser's place in the file is lost with the record, so nothing after it can be trusted.
                item = new ManifestRecord(Name, folder, csv.RawRow).Refuse(
                    DeadLetterCode.LineUnreadable,
                    $"The rest of the file from this line on cannot be read ({problem.GetType().Name}); is a quote left open?");
                last = true;
            }

            nextLine = csv.RawRow + 1;
            yield return item;
            if (last)
            {
                yield break;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<long?> CountAsync(CancellationToken cancellationToken)
    {
        await using var stream = ManifestFile.Open(_file, Name);
        return Math.Max(0, await ManifestFile.CountLinesAsync(stream, cancellationToken) - 1);
    }

    private static long FirstLine(CsvParser csv, long nextLine)
    {
        // A record that quotes line ends spans lines; blank lines before it belong to none.
        var spanned = csv.RawRecord.AsSpan().TrimEnd("\r\n").Count('\n');
        return Math.Max(nextLine, csv.RawRow - spanned);
    }

    private async ValueTask<string[]> ReadHeaderAsync(CsvParser csv)
    {
        if (!await csv.ReadAsync())
        {
            throw new SourceRefusedException($"The manifest '{Name}' is empty; expected a header with id and path or url.");
        }

        var header = csv.Record!;
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

    private static SourceItem ToItem(string[] header, string[] cells, ManifestRecord record)
    {
        for (var column = 0; column < Math.Min(header.Length, cells.Length); column++)
        {
            if (header[column] == "id" && cells[column].Length > 0)
            {
                record.Id = cells[column];
            }
        }

        if (cells.Length != header.Length)
        {
            return record.Refuse(
                DeadLetterCode.LineUnreadable, $"The record has {cells.Length} cells; the header has {header.Length}.");
        }

        record.Path = Cell("path");
        var hasPath = !string.IsNullOrEmpty(record.Path);
        record.Url = hasPath ? null : Cell("url");
        record.Caption = Cell("caption");
        for (var column = 0; column < header.Length; column++)
        {
            var isOwn = header[column] is "id" or "path" or "caption" || (header[column] == "url" && !hasPath);
            if (!isOwn && cells[column].Length > 0)
            {
                record.Attributes[header[column]] =
                    JsonSerializer.SerializeToElement(cells[column], IndexingJson.Default.String);
            }
        }

        return record.ToItem();

        string? Cell(string name) => Array.IndexOf(header, name) is >= 0 and var column ? cells[column] : null;
    }
}

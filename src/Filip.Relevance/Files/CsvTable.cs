using System.Globalization;
using CsvHelper;

namespace Filip.Relevance.Files;

/// <summary>A CSV file with a header, its columns found by name.</summary>
internal static class CsvTable
{
    /// <summary>Each row as the wanted fields, in their order; a field that a short row lacks is null.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="problems">Where broken rows go.</param>
    /// <param name="columns">For each wanted column the names it may have, letters only, lower case.</param>
    public static IEnumerable<(int Number, string?[] Fields)> Rows(
        ReadOnlyMemory<byte> bytes, ProblemList problems, IReadOnlyList<string[]> columns)
    {
        // Decoded here first, so that a line of broken bytes is named and not read as replacement characters.
        string text = NumberedLines.Whole(bytes, problems);
        using var reader = CsvReader.FromText(text, new CsvReaderOptions
        {
            Separator = ',',
            TrackLineNumbers = true,
            OnMalformedRecord = bad => problems.Add(
                (int)bad.LineNumber,
                $"A quote where none may stand: {bad.RawRecord} . Put the field in quotes and double those inside it."),
        });
        int width = reader.Headers.Count;
        if (width == 0)
        {
            yield break;
        }

        int[]? places = Places(reader.Headers, problems, columns);
        while (places is not null && reader.Read())
        {
            int line = (int)reader.LineNumber;
            if (reader.FieldCount > width)
            {
                problems.Add(line, string.Create(
                    CultureInfo.InvariantCulture,
                    $"{reader.FieldCount} fields, the header has {width}. A comma inside a field needs quotes around the field."));
                continue;
            }

            yield return (line, [.. places.Select(place => place < reader.FieldCount ? reader.GetString(place) : null)]);
        }
    }

    /// <summary>A field as it must be written: in quotes where it holds a comma, a quote or a line end.</summary>
    public static string Field(string text) =>
        text.AsSpan().IndexOfAny(",\"\r\n") >= 0 || text.StartsWith(' ') || text.EndsWith(' ')
            ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : text;

    private static int[]? Places(IReadOnlyList<string> header, ProblemList problems, IReadOnlyList<string[]> columns)
    {
        string[] names = [.. header.Select(name => string.Concat(name.Where(char.IsAsciiLetter)).ToLowerInvariant())];
        int[] places = [.. columns.Select(wanted => Array.FindIndex(names, name => wanted.Contains(name)))];
        if (!places.Contains(-1))
        {
            return places;
        }

        problems.Add(
            1,
            $"The header is '{string.Join(",", header)}'; expected the columns {string.Join(",", columns.Select(c => c[0]))}.");
        return null;
    }
}

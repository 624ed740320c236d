using System.Text;
using Microsoft.Data.Sqlite;

namespace Filip.Recall.Embedded.Internals;

/// <summary>The lexical leg: BM25 over the captions.</summary>
internal static class CaptionSearch
{
    private const int MostWords = 64;

    /// <summary>A query of FTS5 that asks for any of the text's words; null where it has none.</summary>
    /// <remarks>Only letters, digits and their marks get through, each word in quotes: nothing of FTS5's syntax can be said.</remarks>
    public static string? QueryOf(string text)
    {
        List<string> words = [];
        var word = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || (word.Length > 0 && IsMark(rune)))
            {
                word.Append(rune);
            }
            else
            {
                End();
            }

            if (words.Count == MostWords)
            {
                break;
            }
        }

        End();
        return words.Count == 0 ? null : string.Join(" OR ", words.Distinct(StringComparer.Ordinal));

        void End()
        {
            if (word.Length > 0)
            {
                words.Add($"\"{word}\"");
                word.Clear();
            }
        }
    }

    /// <summary>The best allowed rows by BM25, best first, equals by id.</summary>
    public static ScoredRow[] Find(
        SqliteConnection connection, Catalogue catalogue, Bitmap allowed, string query, int count, CancellationToken cancellationToken)
    {
        var heap = new NearestHeap(Math.Max(1, Math.Min(count, catalogue.RowCount)), catalogue);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT rowid, bm25(captions) FROM captions WHERE captions MATCH CAST($query AS TEXT)";
        command.Parameters.AddWithValue("$query", SqliteText.Bytes(query));
        using var reader = command.ExecuteReader();
        for (var seen = 0; reader.Read(); seen++)
        {
            if ((seen & 1023) == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            var index = catalogue.FindRow(reader.GetInt64(0));
            if (index >= 0 && allowed[index])
            {
                // FTS5 gives better matches smaller numbers.
                heap.Offer(index, -reader.GetDouble(1));
            }
        }

        return heap.InOrder();
    }

    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune)
        is System.Globalization.UnicodeCategory.NonSpacingMark
        or System.Globalization.UnicodeCategory.SpacingCombiningMark
        or System.Globalization.UnicodeCategory.EnclosingMark;
}

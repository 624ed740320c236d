using System.Text.Json;
using Filip.Embeddings.Tokenizers;
using Filip.Testing;

namespace Filip.Embeddings.Tests.Tokenizers;

/// <summary>Reads the golden lines of tokenizers and compares them.</summary>
internal static class GoldenText
{
    /// <summary>The lines of a golden file.</summary>
    public static IEnumerable<JsonElement> Lines(params string[] path)
    {
        foreach (var line in File.ReadLines(GoldenFiles.Require(path)))
        {
            if (line.Length > 0)
            {
                using var document = JsonDocument.Parse(line);
                yield return document.RootElement.Clone();
            }
        }
    }

    /// <summary>Golden ids.</summary>
    public static int[] Ids(JsonElement list) => [.. list.EnumerateArray().Select(id => id.GetInt32())];

    /// <summary>Compares every text with its golden ids, and tells the first ones that differ.</summary>
    /// <returns>How many texts were compared.</returns>
    public static int Compare(Tokenizer tokenizer, int context, IEnumerable<(string Text, int[] Ids)> goldens)
    {
        int count = 0;
        var wrong = new List<string>();
        foreach (var (text, ids) in goldens)
        {
            count++;
            int[] found = [.. tokenizer.Encode(text, context).Ids];
            if (!found.SequenceEqual(ids))
            {
                wrong.Add($"{JsonSerializer.Serialize(text)}\n  expected {string.Join(' ', ids)}\n  found    {string.Join(' ', found)}");
            }
        }

        Assert.True(count > 0, "The golden file holds no text to compare.");
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {count} texts differ, these first:\n{string.Join('\n', wrong.Take(8))}");
        return count;
    }
}

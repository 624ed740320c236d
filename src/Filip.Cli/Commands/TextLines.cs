using System.Text.Json;
using Filip.Cli.Terminal;

namespace Filip.Cli.Commands;

/// <summary>Reads a file of <c>{"text":…}</c> lines.</summary>
internal static class TextLines
{
    /// <summary>The texts, in the order of the file; blank lines are passed over.</summary>
    /// <exception cref="UsageException">The file is not there, or a line is no such object; the line is named.</exception>
    public static IEnumerable<string> Read(string file)
    {
        if (!File.Exists(file))
        {
            throw new UsageException($"'{file}' is no file.");
        }

        var number = 0;
        foreach (var line in File.ReadLines(file))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                yield return Text(line, file, number);
            }
        }
    }

    private static string Text(string line, string file, int number)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            // A lone surrogate cannot be a .NET string by way of JSON's own reader; such a line is named like any other bad one.
            return json.RootElement.GetProperty("text").GetString() ?? throw new UsageException($"{file}:{number}: text is null.");
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new UsageException($"{file}:{number}: expected {{\"text\": \"…\"}}: {error.Message}");
        }
    }
}

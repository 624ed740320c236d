using System.Text.Json;

namespace Filip.Relevance.Files;

/// <summary>One JSON object a line.</summary>
internal static class JsonLines
{
    public static IEnumerable<(int Number, JsonElement Record)> Of(ReadOnlyMemory<byte> bytes, ProblemList problems)
    {
        foreach (var (number, text) in NumberedLines.Of(bytes, problems))
        {
            JsonElement record;
            try
            {
                using var document = JsonDocument.Parse(text);
                record = document.RootElement.Clone();
            }
            catch (JsonException error)
            {
                problems.Add(number, $"No JSON: {error.Message} Expected one object a line.");
                continue;
            }

            if (record.ValueKind != JsonValueKind.Object)
            {
                problems.Add(number, $"A JSON {record.ValueKind}; expected one object a line.");
                continue;
            }

            yield return (number, record);
        }
    }
}

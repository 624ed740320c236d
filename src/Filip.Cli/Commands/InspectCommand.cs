using System.CommandLine;
using Filip.Cli.Opening;
using Filip.Cli.Terminal;
using Filip.Embeddings.Codecs;
using Filip.Indexer;

namespace Filip.Cli.Commands;

/// <summary><c>filip inspect INDEX ID</c>: one record, decoded.</summary>
internal static class InspectCommand
{
    private static readonly Argument<string> s_index = new("INDEX") { Description = "A folder, or http(s)://host:9200/index" };
    private static readonly Argument<string> s_id = new("ID") { Description = "The picture's id" };

    /// <summary>The verb.</summary>
    public static Command Build()
    {
        var command = new Command("inspect", "Show what the index holds of one picture") { s_index, s_id }.WithGlobalOptions();
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        var id = parsed.GetValue(s_id)!;
        await using var index = await OpenedIndex.OpenAsync(parsed.GetValue(s_index)!, numCandidates: null, stop);
        var fields = await index.Source.GetFieldsAsync([id], stop);
        using var batch = await index.Patches.FetchAsync([id], stop);
        if (!fields.TryGetValue(id, out var found))
        {
            throw new UsageException($"'{id}' is not in generation {index.Source.Generation}.");
        }

        Screen.WriteJson(json =>
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            json.WriteString("generation", index.Source.Generation);
            json.WriteString("model", index.Stamp.ModelId);
            json.WriteString("fingerprint", index.Stamp.Fingerprint);
            json.WriteString("path", found.Path);
            json.WriteString("caption", found.Caption);
            json.WriteStartObject("attributes");
            foreach (var (name, value) in found.Attributes)
            {
                json.WritePropertyName(name);
                value.WriteTo(json);
            }

            json.WriteEndObject();
            if (batch[0].IsEmpty)
            {
                json.WriteNull("patches");
            }
            else
            {
                WriteRecord(json, batch[0].Span);
            }

            json.WriteEndObject();
        });
        return ExitCode.Ok;
    }

    private static void WriteRecord(System.Text.Json.Utf8JsonWriter json, ReadOnlySpan<byte> bytes)
    {
        var record = PatchRecord.Read(bytes);
        var patches = record.Decode();
        json.WriteStartObject("patches");
        json.WriteNumber("bytes", bytes.Length);
        json.WriteString("codec", record.Codec.ToString().ToLowerInvariant());
        json.WriteNumber("rows", record.Rows);
        json.WriteNumber("dimension", record.Dimension);
        json.WriteStartArray("grid");
        json.WriteNumberValue(record.Grid.Width);
        json.WriteNumberValue(record.Grid.Height);
        json.WriteEndArray();
        json.WriteString("fingerprint", $"{record.Fingerprint:x16}");
        json.WriteStartArray("first_row");
        foreach (var value in patches.Row(0))
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}

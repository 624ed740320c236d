using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Filip.Recall.Elastic;

/// <summary>Writes request bodies as bytes, without objects between.</summary>
public static class ElasticBody
{
    /// <summary>How bodies are written: only what JSON itself asks for is escaped.</summary>
    public static JsonWriterOptions Writing { get; } = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // a body is never put into HTML
        MaxDepth = 1000,
    };

    /// <summary>One body.</summary>
    /// <param name="write">Writes one JSON value.</param>
    public static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, Writing))
        {
            write(json);
        }

        return buffer.WrittenMemory;
    }

    /// <summary>Writes the <c>query</c> member that finds documents by id, and the <c>size</c> that lets all of them answer.</summary>
    /// <param name="json">Inside a search body.</param>
    /// <param name="ids">The ids, each once.</param>
    public static void WriteIdsQuery(Utf8JsonWriter json, string[] ids)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(ids);
        json.WriteStartObject("query");
        json.WriteStartObject("ids");
        json.WriteStartArray("values");
        foreach (var id in ids)
        {
            json.WriteStringValue(id);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteNumber("size", ids.Length);
    }
}

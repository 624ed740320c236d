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
}

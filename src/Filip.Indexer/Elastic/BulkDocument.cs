using System.Buffers;
using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Text.Json;
using Filip.Recall;
using Filip.Recall.Elastic;

namespace Filip.Indexer.Elastic;

/// <summary>Writes a picture as the lines of a bulk, byte by byte, without objects between.</summary>
internal static class BulkDocument
{
    /// <summary>The picture as a full-document <c>index</c> operation, so that sending it twice changes nothing.</summary>
    /// <param name="document">The picture.</param>
    /// <param name="base64Vectors">Whether the server takes vectors as base64 of big-endian float32.</param>
    public static BulkItem Index(ImageDocument document, bool base64Vectors)
    {
        var buffer = new ArrayBufferWriter<byte>((document.PatchRecord.Length * 4 / 3) + (document.Pooled.Length * 8) + 1024);
        Line(buffer, json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("index");
            json.WriteString("_id", document.Id);
            json.WriteEndObject();
            json.WriteEndObject();
        });
        Line(buffer, json => WriteDocument(json, document, base64Vectors));
        return new BulkItem(document.Id, document.ContentHash, buffer.WrittenMemory);
    }

    /// <summary>A deletion.</summary>
    public static BulkItem Delete(string id)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        Line(buffer, json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("delete");
            json.WriteString("_id", id);
            json.WriteEndObject();
            json.WriteEndObject();
        });
        return new BulkItem(id, "", buffer.WrittenMemory);
    }

    private static void WriteDocument(Utf8JsonWriter json, ImageDocument document, bool base64Vectors)
    {
        json.WriteStartObject();
        json.WriteString(ElasticFields.Id, document.Id);
        json.WriteString(ElasticFields.ContentHash, document.ContentHash);
        if (document.Path is not null)
        {
            json.WriteString(ElasticFields.Path, document.Path);
        }

        if (document.Caption is not null)
        {
            json.WriteString(ElasticFields.Caption, document.Caption);
        }

        if (document.Attributes.Count > 0)
        {
            WriteAttributes(json, document.Attributes);
            json.WriteStartArray(ElasticFields.Facets);
            foreach (var term in Facet.Terms(document.Attributes))
            {
                json.WriteStringValue(term);
            }

            json.WriteEndArray();
        }

        WriteVector(json, ElasticFields.Pooled, document.Pooled.Span, base64Vectors);
        if (document.Centroids is { } centroids)
        {
            json.WriteStartArray(ElasticFields.Centroids);
            for (var row = 0; row < centroids.RowCount; row++)
            {
                json.WriteStartObject();
                WriteVector(json, ElasticFields.CentroidVector, centroids.Row(row), base64Vectors);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteBase64String(ElasticFields.Patches, document.PatchRecord.Span);
        json.WriteEndObject();
    }

    private static void WriteAttributes(Utf8JsonWriter json, IReadOnlyDictionary<string, JsonElement> attributes)
    {
        if (!FlattenedAttributes.Take(attributes))
        {
            json.WriteString(ElasticFields.AttributesJson, PictureDoor.Attributes(attributes).Json);
            return;
        }

        json.WriteStartObject(ElasticFields.Attributes);
        foreach (var (name, value) in attributes)
        {
            json.WritePropertyName(name);
            value.WriteTo(json);
        }

        json.WriteEndObject();
    }

    // Elasticsearch wants unit length to a thousandth of its square, the door to a hundredth: between them it is brought to 1.
    private static float Scale(ReadOnlySpan<float> vector)
    {
        var length = TensorPrimitives.Norm(vector);
        return Math.Abs(length - 1) > 1e-4f ? 1 / length : 1;
    }

    /// <summary>Writes a vector as a member.</summary>
    public static void WriteVector(Utf8JsonWriter json, string field, ReadOnlySpan<float> vector, bool base64)
    {
        var scale = Scale(vector);
        if (!base64)
        {
            json.WriteStartArray(field);
            foreach (var value in vector)
            {
                json.WriteNumberValue(value * scale);
            }

            json.WriteEndArray();
            return;
        }

        var bytes = ArrayPool<byte>.Shared.Rent(vector.Length * sizeof(float));
        for (var i = 0; i < vector.Length; i++)
        {
            BinaryPrimitives.WriteSingleBigEndian(bytes.AsSpan(i * sizeof(float)), vector[i] * scale);
        }

        json.WriteBase64String(field, bytes.AsSpan(0, vector.Length * sizeof(float)));
        ArrayPool<byte>.Shared.Return(bytes);
    }

    /// <summary>Writes one line.</summary>
    public static void Line(ArrayBufferWriter<byte> buffer, Action<Utf8JsonWriter> write)
    {
        using (var json = new Utf8JsonWriter(buffer, ElasticBody.Writing))
        {
            write(json);
        }

        buffer.Write("\n"u8);
    }
}

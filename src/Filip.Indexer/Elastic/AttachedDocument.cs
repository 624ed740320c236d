using System.Buffers;
using Filip.Recall.Elastic;

namespace Filip.Indexer.Elastic;

/// <summary>Writes a picture as a partial update of a document that the user has already: only our own object is sent.</summary>
/// <remarks>
/// Never an upsert: a document that is gone stays gone. Everything sent is whole, so that sending it twice changes nothing.
/// </remarks>
internal static class AttachedDocument
{
    /// <summary>How often the server itself reads the document again where its user writes it at the same moment.</summary>
    private const int RetriesOnConflict = 5;

    /// <summary>Fills a document.</summary>
    /// <param name="document">The picture; its id is the document's.</param>
    /// <param name="base64Vectors">Whether the server takes vectors as base64 of big-endian float32.</param>
    public static BulkItem Fill(ImageDocument document, bool base64Vectors)
    {
        var buffer = new ArrayBufferWriter<byte>((document.PatchRecord.Length * 4 / 3) + (document.Pooled.Length * 8) + 512);
        WriteAction(buffer, document.Id);
        BulkDocument.Line(buffer, json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("doc");
            json.WriteStartObject(ElasticLayout.Root);
            json.WriteString(ElasticFields.Id, document.Id);
            json.WriteString(ElasticFields.ContentHash, document.ContentHash);
            BulkDocument.WriteVector(json, ElasticFields.Pooled, document.Pooled.Span, base64Vectors);
            json.WriteBase64String(ElasticFields.Patches, document.PatchRecord.Span);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        });
        return new BulkItem(document.Id, document.ContentHash, buffer.WrittenMemory);
    }

    /// <summary>Takes our fields out of a document, and leaves it otherwise as it is.</summary>
    public static BulkItem Clear(string id)
    {
        var buffer = new ArrayBufferWriter<byte>(192);
        WriteAction(buffer, id);
        BulkDocument.Line(buffer, json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("doc");
            json.WriteNull(ElasticLayout.Root);
            json.WriteEndObject();
            json.WriteEndObject();
        });
        return new BulkItem(id, "", buffer.WrittenMemory);
    }

    private static void WriteAction(ArrayBufferWriter<byte> buffer, string id) => BulkDocument.Line(buffer, json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("update");
        json.WriteString("_id", id);
        json.WriteNumber("retry_on_conflict", RetriesOnConflict);
        json.WriteEndObject();
        json.WriteEndObject();
    });
}

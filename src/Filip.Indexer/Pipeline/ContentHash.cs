using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Filip.Indexer.Sources;

namespace Filip.Indexer.Pipeline;

/// <summary>The hash by which the index knows what it holds: of the picture's bytes and of everything else kept with it.</summary>
/// <remarks>
/// SHA-256 of the bytes, then SHA-256 over that, the path, the caption and the attributes in ordinal order; the first 16
/// bytes as 32 lower-case hexadecimal digits. The order of attributes and white space in a manifest change nothing.
/// </remarks>
public static class ContentHash
{
    /// <summary>The hash of a picture and its fields.</summary>
    /// <param name="entry">Path, caption and attributes.</param>
    /// <param name="file">The picture's bytes as read.</param>
    public static string Of(PictureEntry entry, ReadOnlySpan<byte> file)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var buffer = new ArrayBufferWriter<byte>(512);
        SHA256.HashData(file, buffer.GetSpan(SHA256.HashSizeInBytes));
        buffer.Advance(SHA256.HashSizeInBytes);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            writer.WriteStringValue(entry.Path);
            writer.WriteStringValue(entry.Caption);
            writer.WriteStartObject();
            foreach (var (name, value) in entry.Attributes.OrderBy(field => field.Key, StringComparer.Ordinal))
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }

            writer.WriteEndObject();
            writer.WriteEndArray();
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(buffer.WrittenSpan, hash);
        return Convert.ToHexStringLower(hash[..16]);
    }
}

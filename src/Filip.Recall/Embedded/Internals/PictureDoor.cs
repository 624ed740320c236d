using System.Buffers;
using System.Globalization;
using System.Numerics.Tensors;
using System.Text;
using System.Text.Json;
using Filip.Embeddings;

namespace Filip.Recall.Embedded.Internals;

/// <summary>Looks at a picture before it is written; what is refused here costs one picture.</summary>
internal static class PictureDoor
{
    public const int MostIdBytes = 512;
    public const int MostRecordBytes = 64 << 20;
    public const int MostTextBytes = 16 << 20;
    private const float LengthTolerance = 1e-2f;

    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Null where the picture can be kept; otherwise why it never will be.</summary>
    public static string? Refusal(EmbeddedPicture picture, IndexStamp stamp)
    {
        if (IdRefusal(picture.Id) is { } wrong)
        {
            return wrong;
        }

        var pooled = picture.Pooled.Span;
        if (pooled.Length != stamp.PooledDimension)
        {
            return Invariant($"The pooled vector has {pooled.Length} values; the index takes {stamp.PooledDimension}.");
        }

        if (Finite.IndexOfNonFinite(pooled) is >= 0 and var bad)
        {
            return Invariant($"Value {bad} of the pooled vector is {pooled[bad]}; every value must be finite.");
        }

        var length = TensorPrimitives.Norm(pooled);
        if (!(Math.Abs(length - 1) <= LengthTolerance))
        {
            return Invariant($"The pooled vector has length {length:G5}; the index takes vectors of length 1.");
        }

        if (picture.PatchRecord.Length is 0 or > MostRecordBytes)
        {
            return Invariant($"The patch record has {picture.PatchRecord.Length} bytes; 1 to {MostRecordBytes} are taken.");
        }

        if (picture.Caption is { } caption && Encoding.UTF8.GetByteCount(caption) > MostTextBytes)
        {
            return Invariant($"The caption has more than {MostTextBytes} bytes.");
        }

        return null;
    }

    /// <summary>The attributes as one JSON object; null and a reason where they cannot be kept.</summary>
    public static (byte[]? Json, string? Refusal) Attributes(EmbeddedPicture picture)
    {
        try
        {
            return Written(picture);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or JsonException)
        {
            // Half a surrogate pair passes the JSON parser and fails only when the text is asked for.
            return (null, $"The attributes hold text that is no Unicode, or are nested too deep: {exception.Message}");
        }
    }

    private static (byte[]? Json, string? Refusal) Written(EmbeddedPicture picture)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true, MaxDepth = FieldColumns.MostLevels }))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in picture.Attributes)
            {
                if (value.ValueKind == JsonValueKind.Undefined)
                {
                    return (null, $"The attribute '{name}' has no value at all (not even null).");
                }

                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenCount > MostTextBytes
            ? (null, Invariant($"The attributes have {buffer.WrittenCount} bytes of JSON; at most {MostTextBytes} are taken."))
            : (buffer.WrittenSpan.ToArray(), null);
    }

    private static string? IdRefusal(string? id)
    {
        if (string.IsNullOrEmpty(id))
        {
            return "The id is empty; every picture needs one.";
        }

        try
        {
            var bytes = s_strict.GetByteCount(id);
            return bytes > MostIdBytes ? Invariant($"The id has {bytes} bytes of UTF-8; at most {MostIdBytes} are taken.") : null;
        }
        catch (EncoderFallbackException)
        {
            return "The id holds half of a surrogate pair and is no Unicode text.";
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

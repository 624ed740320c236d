using System.Buffers;
using System.Globalization;
using System.Numerics.Tensors;
using System.Text;
using System.Text.Json;
using Filip.Embeddings;

namespace Filip.Recall;

/// <summary>Looks at a picture before it is written; what is refused here costs one picture.</summary>
/// <remarks>One door for every engine, so that the same pictures end in the embedded index and on Elasticsearch.</remarks>
public static class PictureDoor
{
    /// <summary>Longest id, in bytes of UTF-8 (Elasticsearch's own limit).</summary>
    public const int MostIdBytes = 512;

    /// <summary>Longest patch record.</summary>
    public const int MostRecordBytes = 64 << 20;

    /// <summary>Longest caption, and longest JSON of all attributes together.</summary>
    public const int MostTextBytes = 16 << 20;

    /// <summary>Deepest nesting of attributes that is kept.</summary>
    public const int MostLevels = 512;

    private const float LengthTolerance = 1e-2f;

    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Null where the picture can be kept; otherwise why it never will be.</summary>
    /// <param name="id">The picture's id.</param>
    /// <param name="pooled">Its pooled vector.</param>
    /// <param name="recordLength">Bytes of its patch record.</param>
    /// <param name="path">Where it was read from.</param>
    /// <param name="caption">Its caption.</param>
    /// <param name="stamp">The index.</param>
    public static string? Refusal(
        string id, ReadOnlySpan<float> pooled, int recordLength, string? path, string? caption, IndexStamp stamp)
    {
        ArgumentNullException.ThrowIfNull(stamp);
        if (IdRefusal(id) is { } wrong)
        {
            return wrong;
        }

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

        if (recordLength is 0 or > MostRecordBytes)
        {
            return Invariant($"The patch record has {recordLength} bytes; 1 to {MostRecordBytes} are taken.");
        }

        return TextRefusal("path", path) ?? TextRefusal("caption", caption);
    }

    /// <summary>Null where a text can be an id; otherwise why not.</summary>
    /// <param name="id">The text.</param>
    public static string? IdRefusal(string? id)
    {
        if (string.IsNullOrEmpty(id))
        {
            return "The id is empty; every picture needs one.";
        }

        return Bytes(id) switch
        {
            null => "The id holds half of a surrogate pair and is no Unicode text.",
            > MostIdBytes and var bytes => Invariant($"The id has {bytes} bytes of UTF-8; at most {MostIdBytes} are taken."),
            _ => null,
        };
    }

    /// <summary>The attributes as one JSON object; null and a reason where they cannot be kept.</summary>
    /// <param name="attributes">The user's own fields.</param>
    public static (byte[]? Json, string? Refusal) Attributes(IReadOnlyDictionary<string, JsonElement> attributes)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        try
        {
            return Written(attributes);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or JsonException)
        {
            // Half a surrogate pair passes the JSON parser and fails only when the text is asked for.
            return (null, $"The attributes hold text that is no Unicode, or are nested too deep: {exception.Message}");
        }
    }

    private static (byte[]? Json, string? Refusal) Written(IReadOnlyDictionary<string, JsonElement> attributes)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true, MaxDepth = MostLevels }))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in attributes)
            {
                if (value.ValueKind == JsonValueKind.Undefined)
                {
                    return (null, $"The attribute '{name}' has no value at all (not even null).");
                }

                if (Bytes(name) is null)
                {
                    return (null, "The name of an attribute holds half of a surrogate pair and is no Unicode text.");
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

    private static string? TextRefusal(string what, string? text) => text is null
        ? null
        : Bytes(text) switch
        {
            null => $"The {what} holds half of a surrogate pair and is no Unicode text.",
            > MostTextBytes => Invariant($"The {what} has more than {MostTextBytes} bytes."),
            _ => null,
        };

    private static int? Bytes(string text)
    {
        try
        {
            return s_strict.GetByteCount(text);
        }
        catch (EncoderFallbackException)
        {
            return null;
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

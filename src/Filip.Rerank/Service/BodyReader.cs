using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Filip.Rerank.Service;

/// <summary>Reads a request's JSON, and says precisely what is wrong with it.</summary>
internal static class BodyReader
{
    /// <summary>Deepest nesting of a body.</summary>
    public const int MaxDepth = 32;

    /// <summary>Bytes past the limit that are read and thrown away, so that who sent a little too much reads why.</summary>
    private const int Drained = 1 << 20;

    /// <summary>The body's bytes, no more than the limit.</summary>
    /// <exception cref="RequestRefusedException">415 where it is not sent as JSON.</exception>
    /// <exception cref="BadHttpRequestException">413 where it is larger.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContext context, int limit)
    {
        if (!IsJson(context.Request))
        {
            throw new RequestRefusedException(
                StatusCodes.Status415UnsupportedMediaType, ServiceCodes.UnsupportedMediaType,
                $"The content type is '{context.Request.ContentType}'; send application/json in UTF-8.");
        }

        return await ReadBytesAsync(context, limit).ConfigureAwait(false);
    }

    /// <summary>The body's bytes, whatever they are, no more than the limit.</summary>
    /// <exception cref="BadHttpRequestException">413 where it is larger.</exception>
    public static Task<ReadOnlyMemory<byte>> ReadBytesAsync(HttpContext context, int limit)
    {
        var size = context.Features.Get<IHttpMaxRequestBodySizeFeature>();
        if (size is { IsReadOnly: false })
        {
            size.MaxRequestBodySize = limit + Drained;
        }

        return ReadToEndAsync(context.Request.BodyReader, limit, context.RequestAborted);
    }

    /// <summary>The body as an object.</summary>
    /// <exception cref="RequestRefusedException">400, naming the place or the member at fault.</exception>
    public static T Parse<T>(ReadOnlyMemory<byte> body, JsonTypeInfo<T> type)
        where T : class
    {
        RequireText(body.Span);
        try
        {
            return JsonSerializer.Deserialize(body.Span, type)
                ?? throw Refuse(ServiceCodes.MalformedJson, "The body is null; send a JSON object.");
        }
        catch (JsonException fault)
        {
            throw BodyFault.Explain(body, type, fault);
        }
    }

    /// <summary>The body as it stands, for routes that take more shapes than one.</summary>
    /// <exception cref="RequestRefusedException">400, naming the place at fault.</exception>
    public static JsonDocument ParseDocument(ReadOnlyMemory<byte> body)
    {
        RequireText(body.Span);
        try
        {
            return JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
        }
        catch (JsonException malformed)
        {
            throw BodyFault.Malformed(malformed);
        }
    }

    /// <summary>A 413.</summary>
    public static BadHttpRequestException TooLarge() =>
        new("The body is too large.", StatusCodes.Status413PayloadTooLarge);

    /// <summary>A member that must be there.</summary>
    public static RequestRefusedException Missing(string field, string expected) =>
        new(StatusCodes.Status400BadRequest, ServiceCodes.MissingField, $"'{field}' is missing; expected {expected}.", field);

    /// <summary>A 400.</summary>
    public static RequestRefusedException Refuse(string code, string message, string? field = null) =>
        new(StatusCodes.Status400BadRequest, code, message, field);

    private static bool IsJson(HttpRequest request)
    {
        if (!Microsoft.Net.Http.Headers.MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
        {
            return false;
        }

        var json = type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || (type.MediaType.StartsWith("application/", StringComparison.OrdinalIgnoreCase)
                && type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase));
        return json && (!type.Charset.HasValue
            || type.Charset.Value.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase));
    }

    private static async Task<ReadOnlyMemory<byte>> ReadToEndAsync(PipeReader reader, int limit, CancellationToken cancellationToken)
    {
        var tooLarge = false;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            tooLarge |= read.Buffer.Length > limit;
            if (read.IsCompleted)
            {
                var body = tooLarge ? [] : read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return tooLarge ? throw TooLarge() : body;
            }

            reader.AdvanceTo(tooLarge ? read.Buffer.End : read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>Refuses what parses as JSON and is no text: bytes that are no UTF-8, and escaped halves of surrogate pairs.</summary>
    private static void RequireText(ReadOnlySpan<byte> body)
    {
        if (!Utf8.IsValid(body))
        {
            throw Refuse(ServiceCodes.MalformedJson, "The body is not UTF-8.");
        }

        if (body.IndexOf("\\ud"u8) < 0 && body.IndexOf("\\uD"u8) < 0)
        {
            return;
        }

        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                {
                    _ = reader.GetString();
                }
            }
        }
        catch (InvalidOperationException)
        {
            throw Refuse(ServiceCodes.MalformedJson, "The body holds half a surrogate pair, which is no text.");
        }
        catch (JsonException)
        {
            // What else is wrong with it is said by the parse that follows.
        }
    }
}

using Filip.Rerank.Elastic;
using Filip.Rerank.Search;
using Filip.Rerank.Service;
using Microsoft.AspNetCore.Http;

namespace Filip.Rerank.DropIn;

/// <summary>Elasticsearch's answer on its way to the caller.</summary>
internal static class PassedAnswer
{
    private static readonly string[] s_passed = ["X-Opaque-Id", "Warning", "WWW-Authenticate", "Retry-After", "traceparent"];

    /// <summary>Copies status, headers and body as they come.</summary>
    public static async Task CopyAsync(HttpContext context, HttpResponseMessage response)
    {
        CopyHead(context, response);
        if (response.Content.Headers.NonValidated.TryGetValues("Content-Encoding", out var encoding))
        {
            context.Response.Headers.ContentEncoding = encoding.ToString();
        }

        context.Response.ContentLength = response.Content.Headers.ContentLength;
        var stream = await response.Content.ReadAsStreamAsync(context.RequestAborted).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            await stream.CopyToAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
        }
    }

    /// <summary>Writes a changed body under Elasticsearch's own status and headers.</summary>
    public static async Task WriteAsync(HttpContext context, HttpResponseMessage response, ReadOnlyMemory<byte> body)
    {
        CopyHead(context, response);
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Whether the answer is a search's in JSON, which can be changed.</summary>
    /// <exception cref="RequestRefusedException">406: it is a search's in another form.</exception>
    public static bool IsPage(HttpResponseMessage response)
    {
        if ((int)response.StatusCode != StatusCodes.Status200OK)
        {
            return false;
        }

        var type = response.Content.Headers.ContentType?.MediaType;
        return type is "application/json" or "application/vnd.elasticsearch+json" ? true : throw new RequestRefusedException(
            StatusCodes.Status406NotAcceptable, ServiceCodes.NotAcceptable,
            $"A search with 'filip' is answered in JSON, and this one asks for '{type}'. Accept application/json (without format=…), or leave 'filip' out.");
    }

    /// <summary>The whole body.</summary>
    /// <exception cref="RequestRefusedException">422: it is larger than is read to be changed.</exception>
    /// <exception cref="StageOneUnavailableException">It does not come to its end, or not in time.</exception>
    public static async Task<PassageBody> ReadAsync(HttpResponseMessage response, DropInOptions options, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Timeout);
        try
        {
            var stream = await response.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false);
            return await PassageBody.ReadAsync(stream, options.MaxAnswerBytes, limit.Token).ConfigureAwait(false)
                ?? throw new RequestRefusedException(
                    StatusCodes.Status422UnprocessableEntity, RefusalCodes.TooManyCandidates,
                    $"The window's hits are more than {options.MaxAnswerBytes} bytes. Ask for fewer fields (_source), or for a smaller 'filip.window'.",
                    "filip.window");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException
            && !cancellationToken.IsCancellationRequested)
        {
            throw new StageOneUnavailableException(
                $"Elasticsearch at {options.Address} began an answer and did not end it: {failure.Message}", failure);
        }
    }

    private static void CopyHead(HttpContext context, HttpResponseMessage response)
    {
        context.Response.StatusCode = (int)response.StatusCode;
        if (response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var type))
        {
            context.Response.ContentType = type.ToString();
        }

        foreach (var name in s_passed)
        {
            if (response.Headers.NonValidated.TryGetValues(name, out var values))
            {
                context.Response.Headers[name] = values.ToArray();
            }
        }
    }
}

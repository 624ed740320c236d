using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Filip.Rerank.Search;
using Microsoft.AspNetCore.Http;

namespace Filip.Rerank.Service;

/// <summary>Writes an answer, its times also as a <c>Server-Timing</c> header.</summary>
internal static class AnswerWriter
{
    /// <summary>Writes the shape that the route speaks.</summary>
    /// <param name="context">The request.</param>
    /// <param name="answer">What the engine answered.</param>
    /// <param name="shape">The same as the route writes it.</param>
    /// <param name="type">How that is written.</param>
    public static async Task WriteAsync<T>(HttpContext context, SearchAnswer answer, T shape, JsonTypeInfo<T> type)
    {
        Tell(context, answer);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(shape, type);
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Tells an answer's times in the header and in the log, whatever shape it is written in.</summary>
    public static void Tell(HttpContext context, SearchAnswer answer)
    {
        RequestStory.Of(context).Answer = answer;
        var times = answer.TimingsMs;
        context.Response.Headers["Server-Timing"] = string.Create(
            CultureInfo.InvariantCulture,
            $"encode;dur={times.Encode}, recall;dur={times.Recall}, fetch;dur={times.Fetch}, score;dur={times.Score}, total;dur={times.Total}");
    }
}

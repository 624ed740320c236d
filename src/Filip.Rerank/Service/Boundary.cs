using System.Diagnostics;
using System.Text.Json;
using Filip.Rerank.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Filip.Rerank.Service;

/// <summary>The outermost layer: request id, one log line, and every failure as a problem.</summary>
internal sealed class Boundary(RequestDelegate next, ILogger<Boundary> logger)
{
    /// <summary>Answers one request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        var start = Stopwatch.GetTimestamp();
        var story = RequestStory.Begin(context);
        context.Response.Headers["X-Request-Id"] = story.Id;
        try
        {
            await next(context).ConfigureAwait(false);
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null })
            {
                await WriteAsync(context, story, Problem.FromStatus(context.Response.StatusCode, context.Request)).ConfigureAwait(false);
            }
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody reads the answer; the log says so by nginx's number.
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (Exception failure)
        {
            await AnswerAsync(context, story, failure).ConfigureAwait(false);
        }

        Tell(context, story, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    /// <summary>Answers a problem in place of whatever was begun.</summary>
    public static async Task WriteAsync(HttpContext context, RequestStory story, Problem problem)
    {
        story.Code = problem.Code;
        FilipTelemetry.Refused(problem.Code);
        context.Response.StatusCode = problem.Status;
        context.Response.ContentType = Problem.MediaType;
        var bytes = JsonSerializer.SerializeToUtf8Bytes(problem with { RequestId = story.Id }, ServiceJson.Default.Problem);
        context.Response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(bytes, context.RequestAborted).ConfigureAwait(false);
        }
    }

    private async Task AnswerAsync(HttpContext context, RequestStory story, Exception failure)
    {
        var problem = Problem.From(failure);
        if (problem is null)
        {
            logger.Failed(failure, context.Request.Method, context.Request.Path, story.Id);
            problem = Problem.Of(500, ServiceCodes.Internal, $"The service failed; its log has the cause under request {story.Id}.");
        }

        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        await WriteAsync(context, story, problem).ConfigureAwait(false);
    }

    private void Tell(HttpContext context, RequestStory story, double elapsedMs)
    {
        var (method, path, status) = (context.Request.Method, context.Request.Path.Value ?? "", context.Response.StatusCode);
        if (story.Answer is { } answer && story.Code is null)
        {
            var times = answer.TimingsMs;
            logger.AnsweredSearch(
                method, path, status, elapsedMs, answer.Results.Count, times.Encode, times.Recall, times.Fetch, times.Score,
                answer.Reason ?? "no", story.Id);
        }
        else if (story.Code is { } code)
        {
            logger.Refused(method, path, status, code, elapsedMs, story.Id);
        }
        else
        {
            logger.Answered(method, path, status, elapsedMs, story.Id);
        }
    }
}

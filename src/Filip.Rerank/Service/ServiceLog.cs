using Microsoft.Extensions.Logging;

namespace Filip.Rerank.Service;

/// <summary>What the service writes to the log. Ids are stable.</summary>
internal static partial class ServiceLog
{
    [LoggerMessage(2001, LogLevel.Information, "{Method} {Path} {Status} in {ElapsedMs:F1} ms, request {RequestId}")]
    public static partial void Answered(this ILogger logger, string method, string path, int status, double elapsedMs, string requestId);

    [LoggerMessage(2002, LogLevel.Information,
        "{Method} {Path} {Status} in {ElapsedMs:F1} ms: {Results} results, encode {EncodeMs:F1}, recall {RecallMs:F1}, patches {FetchMs:F1}, scoring {ScoreMs:F1} ms, degraded {Degraded}, request {RequestId}")]
    public static partial void AnsweredSearch(
        this ILogger logger, string method, string path, int status, double elapsedMs, int results,
        double encodeMs, double recallMs, double fetchMs, double scoreMs, string degraded, string requestId);

    [LoggerMessage(2003, LogLevel.Information, "{Method} {Path} {Status} {Code} in {ElapsedMs:F1} ms, request {RequestId}")]
    public static partial void Refused(
        this ILogger logger, string method, string path, int status, string code, double elapsedMs, string requestId);

    [LoggerMessage(2004, LogLevel.Error, "{Method} {Path} failed, request {RequestId}")]
    public static partial void Failed(this ILogger logger, Exception exception, string method, string path, string requestId);

    [LoggerMessage(2005, LogLevel.Debug, "Query '{Query}', request {RequestId}")]
    public static partial void Query(this ILogger logger, string query, string requestId);

    [LoggerMessage(2006, LogLevel.Warning, "The index could not be refreshed; what is open goes on answering")]
    public static partial void NotRefreshed(this ILogger logger, Exception exception);

    [LoggerMessage(2007, LogLevel.Warning, "Not ready: {Reason}")]
    public static partial void NotReady(this ILogger logger, string reason);

    [LoggerMessage(2008, LogLevel.Information, "Ready again")]
    public static partial void ReadyAgain(this ILogger logger);
}

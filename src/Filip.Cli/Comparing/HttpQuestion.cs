using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Filip.Cli.Comparing;

/// <summary>Asks an HTTP search API and says how long it took; busy answers are asked again.</summary>
/// <param name="http">The client.</param>
/// <param name="shown">What the API is called in errors; no secret in it.</param>
internal sealed class HttpQuestion(HttpClient http, string shown)
{
    private const int Tries = 4;
    private const int ShownOfAnswer = 200;

    /// <summary>Asks.</summary>
    /// <param name="request">Makes the request; called once a try.</param>
    /// <param name="read">Reads the answer's JSON.</param>
    /// <param name="stop">Ends the call.</param>
    /// <exception cref="HttpRequestException">Nobody answers, or not what a search API answers.</exception>
    public async ValueTask<VariantAnswer> AskAsync(
        Func<HttpRequestMessage> request, Func<JsonElement, double, VariantAnswer> read, CancellationToken stop)
    {
        for (var tried = 1; ; tried++)
        {
            using var message = request();
            var start = Stopwatch.GetTimestamp();
            using var answer = await SendAsync(message, stop);
            var body = await answer.Content.ReadAsByteArrayAsync(stop);
            var took = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (answer.IsSuccessStatusCode)
            {
                using var json = Parse(body);
                return read(json.RootElement, took);
            }

            if (IsBusy(answer.StatusCode) && tried < Tries)
            {
                var wait = answer.Headers.RetryAfter?.Delta ?? TimeSpan.FromMilliseconds(200 * tried);
                await Task.Delay(wait < TimeSpan.FromSeconds(5) ? wait : TimeSpan.FromSeconds(5), stop);
                continue;
            }

            var said = string.Create(CultureInfo.InvariantCulture, $"{shown} answered {(int)answer.StatusCode}: {Beginning(body)}");
            return answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity
                ? VariantAnswer.Refused(said)
                : throw new HttpRequestException(said, null, answer.StatusCode);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken stop)
    {
        try
        {
            return await http.SendAsync(message, stop);
        }
        catch (HttpRequestException down)
        {
            throw new HttpRequestException($"{shown} cannot be reached: {down.Message} Is it running?", down);
        }
        catch (TaskCanceledException late) when (!stop.IsCancellationRequested)
        {
            throw new HttpRequestException(
                string.Create(CultureInfo.InvariantCulture, $"{shown} did not answer within {http.Timeout.TotalSeconds:0} s."), late);
        }
    }

    private JsonDocument Parse(byte[] body)
    {
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException error)
        {
            throw new HttpRequestException($"{shown} did not answer JSON ({error.Message}): {Beginning(body)}", error);
        }
    }

    private static bool IsBusy(HttpStatusCode status) =>
        status is HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    private static string Beginning(byte[] body)
    {
        var text = System.Text.Encoding.UTF8.GetString(body, 0, Math.Min(body.Length, ShownOfAnswer));
        return body.Length > ShownOfAnswer ? text + "…" : text;
    }
}

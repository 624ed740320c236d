using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Filip.Rerank.Tests.Service;

/// <summary>No request can crash the service: bytes, JSON by grammar, and headers, at random. The seed is in the message.</summary>
public sealed class FuzzTests(DefaultService service) : IClassFixture<DefaultService>
{
    private static readonly int s_count = int.Parse(Environment.GetEnvironmentVariable("FILIP_FUZZ") ?? "2000", System.Globalization.CultureInfo.InvariantCulture);
    private static readonly int s_seed = int.Parse(Environment.GetEnvironmentVariable("FILIP_SEED") ?? "20261126", System.Globalization.CultureInfo.InvariantCulture);

    private static readonly int[] s_documented = [200, 400, 401, 404, 405, 413, 415, 422, 429, 503];

    private static readonly (string Route, string Body)[] s_sound =
    [
        ("/v1/search", """{"query":"a yellow flower","top":5,"candidates":20,"filter":{"background":["plain",null]},"mode":"rerank","deadline_ms":250,"explain":true}"""),
        ("/v1/rerank", """{"query":"a tree","candidates":[{"id":"scene-00001","score":0.5},{"id":"gone"}],"top":2,"missing":"keep"}"""),
        ("/v2/rerank", """{"model":"m","query":"a tree","documents":["scene-00001",{"id":"scene-00002"}],"top_n":2}"""),
        ("/v1/explain", """{"query":"a tree","id":"scene-00001","tokens":["tree"]}"""),
    ];

    private static readonly string[] s_scraps =
    [
        "null", "true", "-1", "0", "1e400", "99999999999999999999", "0.1", "\"\"", "\"\\ud800\"", "\"\\u0000\"", "[]", "{}", "[[[[]]]]", "\"a\"",
        "{\"a\":{\"a\":{}}}", "NaN", "\"query\"", "-0", "1E5", "[1,2,null]", "\"\ufeff\"", "\"\U0001F642\"",
    ];

    [Fact]
    public async Task Mutated_bodies_get_documented_statuses()
    {
        var random = new Random(s_seed);
        for (var i = 0; i < s_count; i++)
        {
            var (route, body) = s_sound[random.Next(s_sound.Length)];
            var bytes = random.Next(2) == 0 ? MutateBytes(random, body) : Encoding.UTF8.GetBytes(MutateJson(random, body));
            using var response = await service.Running.PostAsync(route, bytes);
            await CheckAsync(response, $"seed {s_seed}, case {i}: {route} {Encoding.UTF8.GetString(bytes)}");
        }
    }

    [Fact]
    public async Task Mutated_heads_get_documented_statuses_and_close_nothing_else()
    {
        var random = new Random(s_seed + 1);
        for (var i = 0; i < s_count / 10; i++)
        {
            var head = MutateBytes(
                random, "POST /v1/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 19\r\nX-Request-Id: a\r\nConnection: close\r\n\r\n{\"query\":\"a tree\"} ");
            var answer = await SendRawAsync(head);

            // A request that breaks HTTP itself is ended by the server below us: a bare 400-range status, or no answer at all.
            var status = answer.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) ? answer.Substring(9, 3) : "none";
            Assert.True(
                status == "none" || s_documented.Contains(int.Parse(status, System.Globalization.CultureInfo.InvariantCulture)) || status is "408" or "411" or "414" or "431" or "501" or "505",
                $"seed {s_seed}, case {i}: {status} to {Convert.ToHexString(head)}");
        }

        using var live = await service.Running.Client.GetAsync(new Uri("/health/live", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
    }

    private async Task<string> SendRawAsync(byte[] bytes)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, service.Running.Client.BaseAddress!.Port);
        var stream = socket.GetStream();
        var buffer = new byte[4096];
        try
        {
            await stream.WriteAsync(bytes);
            socket.Client.Shutdown(SocketShutdown.Send);
            var read = await stream.ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(20));
            return Encoding.Latin1.GetString(buffer, 0, read);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static async Task CheckAsync(HttpResponseMessage response, string what)
    {
        Assert.True(s_documented.Contains((int)response.StatusCode), $"{(int)response.StatusCode} {what}");
        Assert.True((int)response.StatusCode < 500, $"{(int)response.StatusCode} {what}");
        if (response.StatusCode != HttpStatusCode.OK)
        {
            await RunningService.ProblemOfAsync(response);
        }
        else
        {
            Assert.DoesNotContain("NaN", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    private static byte[] MutateBytes(Random random, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text).ToList();
        for (var change = random.Next(1, 6); change > 0 && bytes.Count > 0; change--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveAt(at); break;
                case 2: bytes.Insert(at, (byte)random.Next(256)); break;
                default: bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at)); break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Puts a scrap of JSON in place of a value, so that what is reached lies behind the parser.</summary>
    private static string MutateJson(Random random, string body)
    {
        var colons = Enumerable.Range(0, body.Length).Where(i => body[i] is ':' or '[').ToList();
        var at = colons[random.Next(colons.Count)] + 1;
        var end = at;
        while (end < body.Length && body[end] is not (',' or '}' or ']'))
        {
            end++;
        }

        return string.Concat(body.AsSpan(0, at), s_scraps[random.Next(s_scraps.Length)], body.AsSpan(end));
    }
}

using System.Net;
using System.Net.Sockets;
using System.Text;
using Filip.Indexer.Sources;

namespace Filip.Indexer.Tests.Sources;

public sealed class PictureFetcherTests : IDisposable
{
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private readonly List<string> _requests = [];

    public PictureFetcherTests() => _server.Start();

    private int Port => ((IPEndPoint)_server.LocalEndpoint).Port;

    public void Dispose() => _server.Dispose();

    [Theory]
    [InlineData("http://example.org/a.jpg", "only https")]
    [InlineData("ftp://example.org/a.jpg", "only https")]
    [InlineData("file:///etc/passwd", "only https")]
    [InlineData("https://me:secret@example.org/a.jpg", "user name")]
    [InlineData("https://example.org:8443/a.jpg", "port 8443")]
    [InlineData("https://127.0.0.1/a.jpg", "no public address")]
    [InlineData("https://2130706433/a.jpg", "no public address")]
    [InlineData("https://0x7f.1/a.jpg", "no public address")]
    [InlineData("https://017700000001/a.jpg", "no public address")]
    [InlineData("https://[::1]/a.jpg", "no public address")]
    [InlineData("https://[::ffff:169.254.169.254]/latest", "no public address")]
    [InlineData("https://[64:ff9b::a9fe:a9fe]/latest", "no public address")]
    [InlineData("https://169.254.169.254/latest/meta-data", "no public address")]
    [InlineData("https://localhost/a.jpg", "no public address")]
    public async Task What_may_not_be_fetched_is_refused_before_a_byte_is_sent(string address, string says)
    {
        using var fetcher = new PictureFetcher();
        var refusal = await Assert.ThrowsAsync<FetchRefusedException>(() => fetcher.FetchAsync(new Uri(address), 100, CancellationToken.None));
        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_address_inside_refuses_the_host_however_many_are_public()
    {
        using var fetcher = new PictureFetcher(new FetchRules
        {
            Resolve = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("8.8.8.8"), IPAddress.Parse("10.0.0.7")]),
        });
        var refusal = await Assert.ThrowsAsync<FetchRefusedException>(
            () => fetcher.FetchAsync(new Uri("https://rebind.example/x"), 100, CancellationToken.None));
        Assert.Contains("10.0.0.7", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_is_resolved_once_and_the_checked_address_is_the_one_connected_to()
    {
        Serve(_ => Answer("200 OK", "picture"));
        var resolved = 0;
        using var fetcher = new PictureFetcher(Open() with
        {
            Resolve = (_, _) => ++resolved == 1
                ? Task.FromResult<IPAddress[]>([IPAddress.Loopback])
                : throw new InvalidOperationException("Asked twice."),
        });
        var bytes = await fetcher.FetchAsync(new Uri($"http://pictures.example:{Port}/a.jpg"), 100, CancellationToken.None);
        Assert.Equal(("picture", 1), (Encoding.ASCII.GetString(bytes), resolved));
        Assert.Contains($"Host: pictures.example:{Port}", _requests[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Three_redirects_are_followed_without_cookies_and_a_fourth_is_not()
    {
        Serve(path => path.EndsWith("/0", StringComparison.Ordinal)
            ? Answer("200 OK", "there")
            : Answer($"302 Found\r\nSet-Cookie: a=b\r\nLocation: /{int.Parse(path[1..], System.Globalization.CultureInfo.InvariantCulture) - 1}", ""));
        using var fetcher = new PictureFetcher(Open());
        Assert.Equal("there", Encoding.ASCII.GetString(await fetcher.FetchAsync(Here("/3"), 100, CancellationToken.None)));
        Assert.DoesNotContain(_requests, request => request.Contains("Cookie", StringComparison.OrdinalIgnoreCase));
        await RefusedAsync("/4", "redirects");
    }

    [Theory]
    [InlineData("http://10.0.0.1/x", "no public address")]
    [InlineData("http://user@pictures.example/x", "user name")]
    [InlineData("file:///etc/passwd", "only https")]
    [InlineData("gopher://pictures.example/x", "only https")]
    public async Task A_redirect_is_checked_like_the_first_address(string location, string says)
    {
        Serve(_ => Answer($"302 Found\r\nLocation: {location}", ""));
        await RefusedAsync("/a", says);
    }

    [Fact]
    public async Task An_answer_that_is_too_large_empty_or_no_success_is_refused()
    {
        Serve(path => path switch
        {
            "/declared" => Answer("200 OK", new string('x', 101)),
            "/streamed" => "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + new string('x', 5000),
            "/empty" => Answer("200 OK", ""),
            _ => Answer("404 Not Found", "no"),
        });
        await RefusedAsync("/declared", "more than 100 bytes");
        await RefusedAsync("/streamed", "more than 100 bytes");
        await RefusedAsync("/empty", "no bytes");
        await RefusedAsync("/gone", "404");
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up()
    {
        using var fetcher = new PictureFetcher(Open() with { Timeout = TimeSpan.FromMilliseconds(200) });
        var refusal = await Assert.ThrowsAsync<FetchRefusedException>(() => fetcher.FetchAsync(Here("/slow"), 100, CancellationToken.None));
        Assert.Contains("did not answer", refusal.Message, StringComparison.Ordinal);
    }

    private static string Answer(string status, string body) =>
        $"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}";

    /// <summary>The usual rules, but for a server of the test's own: http, any port, and this machine beside public addresses.</summary>
    private static FetchRules Open() => new()
    {
        AllowHttp = true,
        AllowAnyPort = true,
        IsAllowed = address => IPAddress.Loopback.Equals(address.MapToIPv4()) || PublicAddress.Is(address),
    };

    private Uri Here(string path) => new($"http://127.0.0.1:{Port}{path}");

    private async Task RefusedAsync(string path, string says)
    {
        using var fetcher = new PictureFetcher(Open());
        var refusal = await Assert.ThrowsAsync<FetchRefusedException>(() => fetcher.FetchAsync(Here(path), 100, CancellationToken.None));
        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
    }

    private void Serve(Func<string, string> answer) => _ = Task.Run(async () =>
    {
        while (true)
        {
            using var client = await _server.AcceptTcpClientAsync();
            await using var stream = client.GetStream();
            var buffer = new byte[4096];
            var read = await stream.ReadAsync(buffer);
            var request = Encoding.ASCII.GetString(buffer, 0, read);
            lock (_requests)
            {
                _requests.Add(request);
            }

            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer(request.Split(' ')[1])));
        }
    });
}

using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Filip.Indexer.Sources;

/// <summary>Fetches pictures that a manifest names by URL, and never reaches inside the network for them.</summary>
/// <remarks>
/// https unless told otherwise, the scheme's own port, no user name. A host is resolved once, every one of its addresses
/// must be public, and the connection goes to the address that was checked, so no second answer of the name server
/// counts. At most 3 redirects, each checked like the first. No cookies, no proxy, no decompression, a byte limit.
/// </remarks>
public sealed class PictureFetcher : IDisposable
{
    private const int MostRedirects = 3;

    private readonly FetchRules _rules;
    private readonly HttpClient _client;

    /// <summary>Makes a fetcher with the usual rules.</summary>
    /// <param name="allowHttp">Whether unencrypted http is allowed too.</param>
    public PictureFetcher(bool allowHttp = false)
        : this(new FetchRules { AllowHttp = allowHttp })
    {
    }

    internal PictureFetcher(FetchRules rules)
    {
        _rules = rules;
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectCallback = ConnectAsync,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            MaxResponseHeadersLength = 32,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Filip.Hybrid", "1"));
    }

    /// <summary>The picture's bytes.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="mostBytes">Bytes that are read before the picture is refused.</param>
    /// <param name="cancellationToken">Ends the fetch.</param>
    /// <exception cref="FetchRefusedException">The address is refused, the server does not answer with a picture, or it is too large.</exception>
    public async Task<byte[]> FetchAsync(Uri address, long mostBytes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(address);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_rules.Timeout);
        try
        {
            return await FollowAsync(address, mostBytes, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new FetchRefusedException($"'{address}' did not answer within {_rules.Timeout.TotalSeconds} s.");
        }
        catch (HttpRequestException problem)
        {
            throw problem.InnerException as FetchRefusedException
                ?? new FetchRefusedException($"'{address}' could not be fetched: {problem.Message}", problem);
        }
        catch (IOException problem)
        {
            throw new FetchRefusedException($"'{address}' broke off: {problem.Message}", problem);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<byte[]> FollowAsync(Uri address, long mostBytes, CancellationToken cancellationToken)
    {
        for (var redirects = 0; redirects <= MostRedirects; redirects++)
        {
            _rules.Check(address);
            using var response = await _client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if ((int)response.StatusCode is >= 301 and <= 308 and not 304 && response.Headers.Location is { } location)
            {
                address = new Uri(address, location);
                continue;
            }

            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new FetchRefusedException($"'{address}' answered {(int)response.StatusCode}; expected 200.");
            }

            return response.Content.Headers.ContentLength > mostBytes
                ? throw TooLarge(address, mostBytes)
                : await ReadAsync(address, response.Content, mostBytes, cancellationToken);
        }

        throw new FetchRefusedException($"More than {MostRedirects} redirects, the last to '{address}'.");
    }

    private static async Task<byte[]> ReadAsync(
        Uri address, HttpContent content, long mostBytes, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var bytes = new ArrayBufferWriter<byte>(64 * 1024);
        int read;
        while ((read = await stream.ReadAsync(bytes.GetMemory(16 * 1024), cancellationToken)) > 0)
        {
            bytes.Advance(read);
            if (bytes.WrittenCount > mostBytes)
            {
                throw TooLarge(address, mostBytes);
            }
        }

        return bytes.WrittenCount == 0
            ? throw new FetchRefusedException($"'{address}' answered with no bytes.")
            : bytes.WrittenSpan.ToArray();
    }

    private static FetchRefusedException TooLarge(Uri address, long mostBytes) =>
        new($"'{address}' sends more than {mostBytes} bytes.");

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = await _rules.Resolve(host, cancellationToken);
        if (addresses.Length == 0)
        {
            throw new FetchRefusedException($"'{host}' has no address.");
        }

        if (Array.Find(addresses, address => !_rules.IsAllowed(address)) is { } inside)
        {
            throw new FetchRefusedException($"'{host}' is at {inside}, which is no public address.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A URL that is not fetched, or an answer that is no picture.</summary>
/// <param name="message">What was found and what was expected.</param>
/// <param name="inner">The cause.</param>
public sealed class FetchRefusedException(string message, Exception? inner = null) : Exception(message, inner);

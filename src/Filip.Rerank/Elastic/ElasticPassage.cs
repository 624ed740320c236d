using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Filip.Rerank.DropIn;
using Filip.Rerank.Search;

namespace Filip.Rerank.Elastic;

/// <summary>Carries callers' searches to Elasticsearch under their own headers.</summary>
/// <remarks>
/// Plain pooled HTTP and no client library: what travels must be the caller's to the byte, and a thing that holds no
/// credentials can send none. It knows the nodes and how their certificate is checked, nothing else.
/// </remarks>
internal sealed class ElasticPassage : IDisposable
{
    private readonly IReadOnlyList<Uri> _nodes;
    private readonly HttpMessageInvoker _http;
    private readonly DropInOptions _options;
    private int _turn;

    /// <summary>Prepares the passage; nothing is sent yet.</summary>
    /// <exception cref="FormatException">The authority's certificate cannot be read.</exception>
    public ElasticPassage(DropInOptions options)
    {
        _options = options;
        _nodes = options.Address.Nodes;
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            Credentials = null,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10), // so that a name that moves is looked up again
            ActivityHeadersPropagator = null, // the caller's own trace headers travel
            RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
            SslOptions = Certificates(options),
        });
    }

    /// <summary>Sends a search and answers when its status and headers are there.</summary>
    /// <param name="method">GET or POST.</param>
    /// <param name="pathAndQuery">As it stands in the URL, with its leading slash.</param>
    /// <param name="body">The body; empty for none.</param>
    /// <param name="headers">All headers.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="StageOneUnavailableException">No node can be reached, or none answers in time.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        string method, string pathAndQuery, ReadOnlyMemory<byte> body, CallerHeaders headers, CancellationToken cancellationToken)
    {
        var first = (int)((uint)Interlocked.Increment(ref _turn) % (uint)_nodes.Count);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.Timeout);
        for (var tried = 1; ; tried++)
        {
            using var message = Message(method, _nodes[(first + tried - 1) % _nodes.Count], pathAndQuery, body, headers);
            try
            {
                return await _http.SendAsync(message, limit.Token).ConfigureAwait(false);
            }
            catch (HttpRequestException unreached) when (tried < _nodes.Count && unreached.HttpRequestError
                is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
            {
                // Nothing was sent to this node: the next one is asked.
            }
            catch (HttpRequestException failure)
            {
                throw new StageOneUnavailableException(
                    $"Elasticsearch at {_options.Address} cannot be reached: {failure.GetBaseException().Message}", failure);
            }
            catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
            {
                throw new StageOneUnavailableException(
                    $"Elasticsearch at {_options.Address} did not answer within {_options.Timeout.TotalSeconds:0.###} s.", late);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage Message(
        string method, Uri node, string pathAndQuery, ReadOnlyMemory<byte> body, CallerHeaders headers)
    {
        // Not canonicalised: the caller's escapes arrive as they were written.
        var url = new Uri(
            node.GetLeftPart(UriPartial.Authority) + pathAndQuery,
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var message = new HttpRequestMessage(new HttpMethod(method), url) { Version = HttpVersion.Version11 };
        if (!body.IsEmpty || method != "GET" || headers.All.Any(header => header.Key == "Content-Type"))
        {
            message.Content = new ReadOnlyMemoryContent(body);
        }

        foreach (var (name, value) in headers.All)
        {
            if (!name.StartsWith("Content-", StringComparison.Ordinal))
            {
                message.Headers.TryAddWithoutValidation(name, value);
            }
            else
            {
                message.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return message;
    }

    private static SslClientAuthenticationOptions Certificates(DropInOptions options)
    {
        var ssl = new SslClientAuthenticationOptions();
        if (options.CaFingerprint is { } fingerprint)
        {
            var pinned = fingerprint.Replace(":", "", StringComparison.Ordinal);
            ssl.RemoteCertificateValidationCallback = (_, _, chain, errors) => errors == SslPolicyErrors.None || IsPinned(chain, pinned);
        }
        else if (options.CaFile is { } file)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.Add(Authority(file));
            ssl.CertificateChainPolicy = policy;
        }

        return ssl;
    }

    // As Elastic's own clients do it: whoever was signed by the pinned certificate is trusted, under any name.
    private static bool IsPinned(X509Chain? chain, string pinned) =>
        chain is not null
        && chain.ChainElements.Any(element =>
            element.Certificate.GetCertHashString(HashAlgorithmName.SHA256).Equals(pinned, StringComparison.OrdinalIgnoreCase))
        && chain.ChainStatus.All(status => status.Status is X509ChainStatusFlags.NoError or X509ChainStatusFlags.UntrustedRoot
            or X509ChainStatusFlags.PartialChain or X509ChainStatusFlags.RevocationStatusUnknown or X509ChainStatusFlags.OfflineRevocation);

    private static X509Certificate2 Authority(string file)
    {
        try
        {
            return X509CertificateLoader.LoadCertificateFromFile(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new FormatException($"'{file}' is no readable PEM certificate: {error.Message}", error);
        }
    }
}

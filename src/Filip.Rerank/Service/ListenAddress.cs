using System.Net;

namespace Filip.Rerank.Service;

/// <summary>Where the service listens.</summary>
/// <param name="Address">The network address.</param>
/// <param name="Port">The port; 0 takes a free one.</param>
internal sealed record ListenAddress(IPAddress Address, int Port)
{
    /// <summary>Whether only this machine can reach it.</summary>
    public bool IsLoopback => IPAddress.IsLoopback(Address);

    /// <summary>Reads <c>http://host:port</c>; the host is <c>localhost</c>, an address, or <c>*</c> for all.</summary>
    /// <exception cref="ArgumentException">The text is no such address.</exception>
    public static ListenAddress Parse(string url)
    {
        // Uri knows neither * nor +, which people write for "all addresses".
        var readable = url.Replace("//*", "//0.0.0.0", StringComparison.Ordinal).Replace("//+", "//0.0.0.0", StringComparison.Ordinal);
        if (!Uri.TryCreate(readable, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp
            || uri.PathAndQuery != "/" || uri.UserInfo.Length > 0 || uri.Fragment.Length > 0)
        {
            throw new ArgumentException(
                $"'{url}' is no address to listen on; expected http://address:port, such as http://127.0.0.1:8080 "
                + "(for https, put a proxy in front).", nameof(url));
        }

        if (uri.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            return new ListenAddress(IPAddress.Loopback, uri.Port);
        }

        return IPAddress.TryParse(uri.DnsSafeHost, out var address)
            ? new ListenAddress(address, uri.Port)
            : throw new ArgumentException(
                $"'{uri.Host}' is no network address; name one of this machine's addresses, localhost, or * for all.", nameof(url));
    }
}

using System.Net;

namespace Filip.Indexer.Sources;

/// <summary>Which addresses may be fetched from.</summary>
internal sealed record FetchRules
{
    /// <summary>Whether http is allowed beside https.</summary>
    public bool AllowHttp { get; init; }

    /// <summary>Whether a port other than the scheme's own is allowed.</summary>
    public bool AllowAnyPort { get; init; }

    /// <summary>Longest time for one picture, redirects included.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether one may connect to this address.</summary>
    public Func<IPAddress, bool> IsAllowed { get; init; } = PublicAddress.Is;

    /// <summary>Addresses of a host.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;

    /// <summary>Refuses a URL by its form alone; the address behind it is checked when connecting.</summary>
    /// <exception cref="FetchRefusedException">Why it is refused.</exception>
    public void Check(Uri address)
    {
        if (!address.IsAbsoluteUri || !(address.Scheme == Uri.UriSchemeHttps || (AllowHttp && address.Scheme == Uri.UriSchemeHttp)))
        {
            throw new FetchRefusedException($"'{address}' is refused; only https{(AllowHttp ? " and http" : "")} is fetched.");
        }

        if (address.UserInfo.Length > 0)
        {
            throw new FetchRefusedException($"The address of host '{address.Host}' holds a user name; such addresses are refused.");
        }

        if (!address.IsDefaultPort && !AllowAnyPort)
        {
            throw new FetchRefusedException($"'{address}' names port {address.Port}; only the scheme's own port is fetched from.");
        }
    }
}

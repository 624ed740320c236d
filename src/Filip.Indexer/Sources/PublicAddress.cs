using System.Net;
using System.Net.Sockets;

namespace Filip.Indexer.Sources;

/// <summary>Tells addresses of the public internet from all others, by IANA's registries of special-purpose addresses.</summary>
internal static class PublicAddress
{
    private static readonly IPNetwork[] s_special4 =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
            "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
            "224.0.0.0/4", "240.0.0.0/4",
        }.Select(IPNetwork.Parse),
    ];

    private static readonly IPNetwork s_global6 = IPNetwork.Parse("2000::/3");

    /// <summary>Inside 2000::/3 and yet not of the public internet, or a tunnel to an address we cannot see (Teredo, 6to4).</summary>
    private static readonly IPNetwork[] s_special6 =
        [.. new[] { "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20" }.Select(IPNetwork.Parse)];

    private static readonly IPNetwork s_nat64 = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>Whether the address is public. An IPv4 address inside an IPv6 one (mapped, NAT64) is judged as what it is.</summary>
    public static bool Is(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return !Array.Exists(s_special4, network => network.Contains(address));
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return Is(address.MapToIPv4());
        }

        if (s_nat64.Contains(address))
        {
            return Is(new IPAddress(address.GetAddressBytes().AsSpan(12)));
        }

        return s_global6.Contains(address) && !Array.Exists(s_special6, network => network.Contains(address));
    }
}

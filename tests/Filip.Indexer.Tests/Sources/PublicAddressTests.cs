using System.Net;
using Filip.Indexer.Sources;

namespace Filip.Indexer.Tests.Sources;

/// <summary>The table of addresses that a fetch must never reach, and some that it must.</summary>
public sealed class PublicAddressTests
{
    [Theory]
    [InlineData("0.0.0.0 0.255.255.255 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254")]
    [InlineData("169.254.0.1 169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.170 192.0.2.1")]
    [InlineData("192.88.99.1 192.168.0.1 192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1")]
    [InlineData("239.255.255.255 240.0.0.1 255.255.255.255")]
    [InlineData(":: ::1 ::127.0.0.1 ::a00:1 fe80::1 fe80::1%1 febf::1 fec0::1 fc00::1 fd00:ec2::254 fdff::1 ff02::1 100::1")]
    [InlineData("::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:7f00:1 ::ffff:0:127.0.0.1")]
    [InlineData("64:ff9b::127.0.0.1 64:ff9b::10.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 64:ff9b:1::8.8.8.8")]
    [InlineData("2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:20::1 2001:db8::1 2002:7f00:1::1 2002:a00:1::1 3fff::1 5f00::1")]
    public void Addresses_inside_are_refused(string addresses) =>
        Assert.All(addresses.Split(' '), address => Assert.False(PublicAddress.Is(IPAddress.Parse(address)), address));

    [Theory]
    [InlineData("1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1 169.253.255.255")]
    [InlineData("172.15.255.255 172.32.0.0 192.0.1.1 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255")]
    [InlineData("2606:4700:4700::1111 2a00:1450:4001::1 2001:4860:4860::8888 ::ffff:8.8.8.8 64:ff9b::8.8.8.8")]
    public void Addresses_of_the_public_internet_are_not(string addresses) =>
        Assert.All(addresses.Split(' '), address => Assert.True(PublicAddress.Is(IPAddress.Parse(address)), address));
}

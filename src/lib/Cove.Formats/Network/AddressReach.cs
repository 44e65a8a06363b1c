using System.Net;
using System.Net.Sockets;

namespace Cove.Formats.Network;

/// <summary>
/// How far an IP address reaches (RFC 6890 and IANA's special-purpose registries): what a service may connect to when somebody else names the place.
/// An IPv4 address inside an IPv6 one (mapped, NAT64, 6to4) counts as itself.
/// </summary>
public static class AddressReach
{
    private const int MappedPrefix = 12;

    private static readonly (IPNetwork Network, Reach Reach)[] Special =
    [
        (IPNetwork.Parse("127.0.0.0/8"), Reach.Loopback),
        (IPNetwork.Parse("::1/128"), Reach.Loopback),
        // "This host": systems connect it to themselves.
        (IPNetwork.Parse("0.0.0.0/8"), Reach.Loopback),
        (IPNetwork.Parse("::/128"), Reach.Loopback),
        (IPNetwork.Parse("169.254.0.0/16"), Reach.LinkLocal),
        (IPNetwork.Parse("fe80::/10"), Reach.LinkLocal),
        (IPNetwork.Parse("10.0.0.0/8"), Reach.Private),
        (IPNetwork.Parse("172.16.0.0/12"), Reach.Private),
        (IPNetwork.Parse("192.168.0.0/16"), Reach.Private),
        (IPNetwork.Parse("100.64.0.0/10"), Reach.Private),
        (IPNetwork.Parse("fc00::/7"), Reach.Private),
        (IPNetwork.Parse("fec0::/10"), Reach.Private),
        // Azure's platform services, by a public address that only virtual machines reach.
        (IPNetwork.Parse("168.63.129.16/32"), Reach.LinkLocal),
        (IPNetwork.Parse("192.0.0.0/24"), Reach.None),
        (IPNetwork.Parse("192.0.2.0/24"), Reach.None),
        (IPNetwork.Parse("198.18.0.0/15"), Reach.None),
        (IPNetwork.Parse("198.51.100.0/24"), Reach.None),
        (IPNetwork.Parse("203.0.113.0/24"), Reach.None),
        (IPNetwork.Parse("224.0.0.0/4"), Reach.None),
        (IPNetwork.Parse("240.0.0.0/4"), Reach.None),
        (IPNetwork.Parse("100::/64"), Reach.None),
        (IPNetwork.Parse("2001:db8::/32"), Reach.None),
        (IPNetwork.Parse("ff00::/8"), Reach.None),
    ];

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    /// <summary>How far the address reaches; what no registry sets apart is <see cref="Reach.Public"/>.</summary>
    public static Reach Of(IPAddress address)
    {
        var inner = Inner(address);
        foreach (var (network, reach) in Special)
            if (network.Contains(inner)) return reach;
        return Reach.Public;
    }

    private static IPAddress Inner(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        // Without the scope id, with which no network contains an address.
        if (!address.TryWriteBytes(bytes, out _)) throw new ArgumentException("an address of no known family", nameof(address));
        var plain = new IPAddress(bytes);
        if (Nat64.Contains(plain)) return new(bytes[MappedPrefix..]);
        return SixToFour.Contains(plain) ? new(bytes[2..6]) : plain;
    }
}

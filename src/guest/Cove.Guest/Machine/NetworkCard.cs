using System.Buffers.Binary;
using System.Net;
using Cove.Guest.Linux;
using Cove.Outcomes;

namespace Cove.Guest.Machine;

/// <summary>
/// The machine's network card. Who is on the other side may be anyone: the card takes no addresses and routes from the network, forwards
/// nothing, and believes no redirects and no sources that are not where it would answer them.
/// </summary>
public static class NetworkCard
{
    private const string Name = "eth0";
    private const string Settings = "/proc/sys/net";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private static readonly (string Setting, string Value)[] Hardening =
    [
        ("ipv4/ip_forward", "0"), ("ipv4/conf/all/accept_redirects", "0"), ($"ipv4/conf/{Name}/accept_redirects", "0"), ("ipv4/conf/all/secure_redirects", "0"),
        ("ipv4/conf/all/send_redirects", "0"), ("ipv4/conf/all/accept_source_route", "0"), ("ipv4/conf/all/rp_filter", "1"), ($"ipv4/conf/{Name}/rp_filter", "1"),
        ("ipv4/conf/all/arp_ignore", "1"), ($"ipv6/conf/{Name}/disable_ipv6", "1"),
    ];

    /// <summary>Brings it up as soon as the kernel has it.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="prefixLength">Bits of the network in the address.</param>
    /// <param name="gateway">Where everything else goes; null for nowhere.</param>
    /// <param name="mtu">Longest packet in bytes.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="UnavailableException">The machine has no card.</exception>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static async Task BringUpAsync(IPAddress address, int prefixLength, IPAddress? gateway, int mtu, CancellationToken cancellation = default)
    {
        if (await DeviceWait.ForAsync(Look, Patience, Pause, TimeProvider.System, cancellation) is null) throw new UnavailableException("network card", "the machine has none");
        foreach (var (setting, value) in Hardening)
        {
            var file = $"{Settings}/{setting}";
            if (File.Exists(file)) await File.WriteAllTextAsync(file, value, cancellation);
        }

        using var request = new InterfaceRequest();
        request.LimitPackets(Name, mtu);
        request.Assign(Name, address, Mask(prefixLength));
        request.BringUp(Name);
        if (gateway is not null) request.RouteThrough(gateway);
    }

    private static string? Look() => Directory.Exists($"/sys/class/net/{Name}") ? Name : null;

    private static IPAddress Mask(int prefixLength)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, prefixLength == 0 ? 0 : uint.MaxValue << (32 - prefixLength));
        return new IPAddress(bytes);
    }
}

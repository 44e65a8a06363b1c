using System.Text.Json;
using Cove.Outcomes;
using Cove.Protocol.Messages;
using Cove.Runtime.Vmm;

namespace Cove.Runtime.Network;

/// <summary>
/// Gives a machine the network of its namespace: what CNI put there for a pod, or an uplink for a group, stays as it is, and every packet of its
/// interface goes to a tap device and back. The guest then has the interface's address itself.
/// </summary>
internal sealed class GroupCard : IDisposable
{
    private const string Tap = "cove0";

    private readonly GroupNetwork network;

    private GroupCard(GroupNetwork network, MachineCard card, SandboxNetwork sandbox) => (this.network, Card, Sandbox) = (network, card, sandbox);

    /// <summary>What QEMU is told.</summary>
    public MachineCard Card { get; }

    /// <summary>What the guest is told.</summary>
    public SandboxNetwork Sandbox { get; }

    /// <summary>Sets it up; null where the namespace has no interface with an address.</summary>
    /// <exception cref="UnavailableException">The host lacks <c>ip</c> or <c>tc</c>, or the kernel refused.</exception>
    public static GroupCard? Open(GroupNetwork network)
    {
        using var links = JsonDocument.Parse(Ip(network, "-j", "-4", "addr", "show", "scope", "global"));
        var link = links.RootElement.EnumerateArray().FirstOrDefault(IsCandidate);
        if (link.ValueKind != JsonValueKind.Object) return null;
        using var routes = JsonDocument.Parse(Ip(network, "-j", "-4", "route", "show", "default"));
        var gateway = routes.RootElement.EnumerateArray().Select(route => route.TryGetProperty("gateway", out var through) ? through.GetString() : null).FirstOrDefault();
        var (name, address) = (link.GetProperty("ifname").GetString()!, link.GetProperty("addr_info")[0]);
        using var whole = JsonDocument.Parse(Ip(network, "-j", "link", "show", "dev", name));
        var mtu = link.GetProperty("mtu").GetInt32();
        var made = new GroupCard(
            network,
            new MachineCard(Tap, whole.RootElement[0].GetProperty("address").GetString()!),
            new SandboxNetwork(address.GetProperty("local").GetString()!, address.GetProperty("prefixlen").GetInt32(), gateway, mtu));
        try
        {
            Ip(network, "tuntap", "add", Tap, "mode", "tap");
            Ip(network, "link", "set", Tap, "up", "mtu", mtu.ToString(System.Globalization.CultureInfo.InvariantCulture));
            foreach (var (from, to) in ((string, string)[])[(name, Tap), (Tap, name)])
            {
                network.Run(() => Iproute.Tc("qdisc", "add", "dev", from, "ingress"));
                network.Run(() => Iproute.Tc("filter", "add", "dev", from, "parent", "ffff:", "protocol", "all", "u32", "match", "u8", "0", "0", "action", "mirred", "egress", "redirect", "dev", to));
            }

            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>Takes the tap device away, if the namespace is still there.</summary>
    public void Dispose()
    {
        try
        {
            Ip(network, "link", "del", Tap);
        }
        catch (UnavailableException)
        {
            // It goes with its namespace, which may have been taken down already.
        }
    }

    // A group's loopback has an address besides 127.0.0.1, that of the metadata service.
    private static bool IsCandidate(JsonElement link) =>
        link.TryGetProperty("addr_info", out var given) && given.GetArrayLength() > 0 && !link.GetProperty("flags").EnumerateArray().Any(flag => flag.GetString() == "LOOPBACK");

    private static string Ip(GroupNetwork network, params string[] arguments) => network.Run(() => Iproute.Ip(arguments));
}

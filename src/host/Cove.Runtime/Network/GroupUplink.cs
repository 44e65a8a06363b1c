using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Cove.Outcomes;

namespace Cove.Runtime.Network;

/// <summary>
/// A way out of a group's network: a pair of interfaces between it and the host, whose rules let the group open connections to what is outside, in
/// the host's name. The host itself, link-local addresses and other groups are refused, and nobody outside opens a connection into the group.
/// The interfaces go with the group's namespace and the rules with this process, however either ends.
/// </summary>
internal sealed class GroupUplink : IDisposable
{
    private const string GroupEnd = "eth0";
    private const string Settings = "/proc/sys/net";
    private const int Tries = 5;

    private readonly GroupNetwork host;
    private readonly NatTable table;

    private GroupUplink(GroupNetwork host, string name, UplinkAddresses addresses, NatTable table)
    {
        (this.host, Name, Addresses, this.table) = (host, name, addresses, table);

        // Without its rules the group would reach the host: then there is no way out at all.
        _ = table.Ended.ContinueWith(_ => Cut(host, name), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <summary>The host's end, and the name of the table.</summary>
    public string Name { get; }

    public UplinkAddresses Addresses { get; }

    /// <summary>The process that owns the rules.</summary>
    public int RulesProcess => table.ProcessId;

    /// <summary>Opens it.</summary>
    /// <param name="group">The group's network.</param>
    /// <param name="host">The network that it leads to; outlives the uplink.</param>
    /// <param name="avoid">Addresses that the group needs beyond the host, e.g. of name servers.</param>
    /// <exception cref="UnavailableException">The host does not forward packets, lacks a program, or its kernel refused.</exception>
    public static GroupUplink Open(GroupNetwork group, GroupNetwork host, IReadOnlyCollection<IPAddress> avoid)
    {
        if (host.Run(() => File.ReadAllText($"{Settings}/ipv4/ip_forward").Trim()) != "1")
            throw new UnavailableException("network", "this host forwards no packets (net.ipv4.ip_forward is 0): sudo sysctl -w net.ipv4.ip_forward=1");
        var name = $"cove{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        NatTable? table = null;
        try
        {
            var path = group.Path;
            host.Run(() => Iproute.Ip("link", "add", name, "type", "veth", "peer", "name", GroupEnd, "netns", path));
            foreach (var (network, end) in ((GroupNetwork, string)[])[(host, name), (group, GroupEnd)]) network.Run(() => Set($"ipv6/conf/{end}/disable_ipv6", "1"));
            var addresses = host.Run(() => Assign(name, avoid));
            table = host.Run(() => NatTable.Open(NatRules.Of(name, addresses.Group)));
            host.Run(() => Iproute.Ip("link", "set", name, "up"));
            group.Run(() =>
            {
                Iproute.Ip("addr", "add", $"{addresses.Group}/{UplinkAddresses.PrefixLength}", "dev", GroupEnd);
                Iproute.Ip("link", "set", GroupEnd, "up");
                return Iproute.Ip("route", "add", "default", "via", $"{addresses.Gateway}");
            });
            return new GroupUplink(host, name, addresses, table);
        }
        catch
        {
            Cut(host, name);
            table?.Dispose();
            throw;
        }
    }

    /// <summary>Takes the interfaces away, then the rules.</summary>
    public void Dispose()
    {
        Cut(host, Name);
        table.Dispose();
    }

    /// <summary>Gives the host's end an address that is nobody's. Two groups may choose at the same moment: whoever sees that an address has two owners chooses again.</summary>
    private static UplinkAddresses Assign(string name, IReadOnlyCollection<IPAddress> avoid)
    {
        for (var tries = 0; tries < Tries; tries++)
        {
            var addresses = UplinkAddresses.Choose([.. HostRoutes.Read().Networks, .. avoid.Select(address => new IPNetwork(address, 32))]);
            var (gateway, withPrefix) = (addresses.Gateway.ToString(), $"{addresses.Gateway}/{UplinkAddresses.PrefixLength}");
            Iproute.Ip("addr", "add", withPrefix, "dev", name);
            using var links = JsonDocument.Parse(Iproute.Ip("-j", "-4", "addr", "show"));
            if (links.RootElement.EnumerateArray().SelectMany(link => link.GetProperty("addr_info").EnumerateArray()).Count(one => one.GetProperty("local").GetString() == gateway) == 1)
                return addresses;
            Iproute.Ip("addr", "del", withPrefix, "dev", name);
        }

        throw new UnavailableException("network", "every private address that was tried is in use");
    }

    private static bool Set(string setting, string value)
    {
        var file = $"{Settings}/{setting}";
        if (!File.Exists(file)) return false;
        File.WriteAllText(file, value);
        return true;
    }

    private static void Cut(GroupNetwork host, string name)
    {
        try
        {
            host.Run(() => Iproute.Ip("link", "del", name));
        }
        catch (Exception gone) when (gone is UnavailableException or InvalidOperationException)
        {
            // It went with the group's namespace, or before; or everything is over.
        }
    }
}

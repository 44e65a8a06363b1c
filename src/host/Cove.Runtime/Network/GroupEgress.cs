using System.Net;
using Cove.Outcomes;
using Cove.Protocol.Launch;
using Cove.Protocol.Messages;
using Cove.Runtime.Vmm;

namespace Cove.Runtime.Network;

/// <summary>How a group gets out of its network: not at all, or by an uplink, whose interface a machine has as its card.</summary>
internal sealed class GroupEgress : IDisposable
{
    private readonly GroupNetwork? host;
    private readonly GroupUplink? uplink;
    private readonly GroupResolver? resolver;
    private readonly GroupCard? card;

    private GroupEgress()
    {
    }

    private GroupEgress(GroupNetwork host, GroupNetwork group, bool forMachine)
    {
        this.host = host;
        resolver = GroupResolver.OfHost(host.Run(HostRoutes.Read));
        uplink = GroupUplink.Open(group, host, [.. resolver.File.NameServers.Select(IPAddress.Parse)]);
        try
        {
            card = forMachine ? GroupCard.Open(group) : null;
        }
        catch
        {
            uplink.Dispose();
            throw;
        }
    }

    /// <summary>The machine's card; null where it has none.</summary>
    public MachineCard? Card => card?.Card;

    /// <summary>What was set up, a line each, for a person.</summary>
    public IEnumerable<string> Summary
    {
        get
        {
            if (uplink is null || resolver is null) yield break;
            yield return $"{uplink.Addresses.Group} by NAT; this host and link-local addresses are refused";
            yield return resolver.File.NameServers.Count > 0
                ? $"names by {string.Join(", ", resolver.File.NameServers)}"
                : $"no names: {(resolver.LeftOut.Count > 0 ? $"only this host reaches {string.Join(", ", resolver.LeftOut)}" : "this host names no server in /etc/resolv.conf")}";
        }
    }

    /// <summary>Opens what was asked for.</summary>
    /// <param name="kind"><see cref="LaunchSpec.NoNetwork"/> or <see cref="LaunchSpec.Nat"/>.</param>
    /// <param name="group">The group's network.</param>
    /// <param name="forMachine">Whether a machine holds the group.</param>
    /// <exception cref="MalformedException">There is no such kind.</exception>
    /// <exception cref="UnavailableException">The host cannot give it.</exception>
    public static GroupEgress Open(string kind, GroupNetwork group, bool forMachine)
    {
        if (kind == LaunchSpec.NoNetwork) return new GroupEgress();
        if (kind != LaunchSpec.Nat) throw new MalformedException("launch spec", "network", $"is {kind}, expected {LaunchSpec.NoNetwork} or {LaunchSpec.Nat}");
        var host = GroupNetwork.OfThisHost();
        try
        {
            return new GroupEgress(host, group, forMachine);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    /// <summary>Adds to a sandbox what its guest is told of the network.</summary>
    public CreateSandboxRequest Tell(CreateSandboxRequest sandbox) => resolver is null ? sandbox : sandbox with
    {
        NameServers = resolver.File.NameServers, Searches = resolver.File.Searches, ResolverOptions = resolver.File.Options, Network = card?.Sandbox,
    };

    public void Dispose()
    {
        card?.Dispose();
        uplink?.Dispose();
        host?.Dispose();
    }
}

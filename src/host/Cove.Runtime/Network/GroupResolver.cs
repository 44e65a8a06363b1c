using System.Net;
using System.Net.Sockets;

namespace Cove.Runtime.Network;

/// <summary>Who resolves names for a group that has a way out: those name servers of its host that it can reach as well.</summary>
/// <param name="File">What its containers' file will say.</param>
/// <param name="LeftOut">Name servers of the host that only the host reaches.</param>
internal sealed record GroupResolver(ResolverFile File, IReadOnlyList<string> LeftOut)
{
    private const string HostFile = "/etc/resolv.conf";

    /// <summary>The servers that systemd's stub on the host's loopback asks itself.</summary>
    private const string BehindStub = "/run/systemd/resolve/resolv.conf";

    private const int MaxSearches = 6;
    private static readonly string[] Stubs = ["127.0.0.53", "127.0.0.54"];
    private static readonly IPNetwork LinkLocal = IPNetwork.Parse("169.254.0.0/16");

    /// <summary>Reads what the host uses.</summary>
    /// <param name="routes">The host's routes, which know its own addresses.</param>
    public static GroupResolver OfHost(HostRoutes routes) => Of(ResolverFile.Read(HostFile), () => ResolverFile.Read(BehindStub), routes);

    /// <param name="host">The host's file.</param>
    /// <param name="behindStub">The file behind systemd's stub.</param>
    /// <param name="routes">The host's routes.</param>
    public static GroupResolver Of(ResolverFile host, Func<ResolverFile> behindStub, HostRoutes routes)
    {
        if (host.NameServers.Any(server => Stubs.Contains(server)) && behindStub() is { NameServers.Count: > 0 } behind) host = host with { NameServers = behind.NameServers };
        var reachable = host.NameServers.Where(server => IsReachable(server, routes)).ToList();
        return new GroupResolver(
            host with { NameServers = reachable, Searches = [.. host.Searches.Take(MaxSearches)] }, [.. host.NameServers.Except(reachable, StringComparer.Ordinal)]);
    }

    // What the uplink refuses a group: the host itself, and what is link-local.
    private static bool IsReachable(string server, HostRoutes routes) =>
        IPAddress.TryParse(server, out var address) && address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address)
        && !address.Equals(IPAddress.Any) && !LinkLocal.Contains(address) && !routes.IsOwn(address);
}

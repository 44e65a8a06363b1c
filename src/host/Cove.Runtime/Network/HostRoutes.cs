using System.Net;
using System.Text.Json;

namespace Cove.Runtime.Network;

/// <summary>What this host's routes say of addresses, from <c>ip -j -4 route show table all</c>.</summary>
internal sealed class HostRoutes
{
    /// <summary>A route to more than this is a way out (a VPN's halves of everything), and no network of its own.</summary>
    private const int WidestNetwork = 8;

    private readonly HashSet<IPAddress> own = [];
    private readonly List<IPNetwork> networks = [];

    private HostRoutes()
    {
    }

    /// <summary>Networks and single addresses that the host has routes for.</summary>
    public IReadOnlyList<IPNetwork> Networks => networks;

    /// <summary>Those of the network namespace of the thread that calls.</summary>
    public static HostRoutes Read() => Parse(Iproute.Ip("-j", "-4", "route", "show", "table", "all"));

    public static HostRoutes Parse(string json)
    {
        var routes = new HostRoutes();
        using var document = JsonDocument.Parse(json);
        foreach (var route in document.RootElement.EnumerateArray())
        {
            var destination = route.GetProperty("dst").GetString()!;
            if (!IPNetwork.TryParse(destination.Contains('/', StringComparison.Ordinal) ? destination : $"{destination}/32", out var network)) continue; // "default"
            if (network.PrefixLength >= WidestNetwork) routes.networks.Add(network);
            if (route.TryGetProperty("type", out var type) && type.GetString() == "local" && network.PrefixLength == 32) routes.own.Add(network.BaseAddress);
        }

        return routes;
    }

    /// <summary>Whether it is an address of the host itself.</summary>
    public bool IsOwn(IPAddress address) => own.Contains(address);
}

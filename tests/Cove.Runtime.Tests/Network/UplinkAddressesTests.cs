using System.Net;
using Cove.Outcomes;
using Cove.Runtime.Network;

namespace Cove.Tests.Network;

public sealed class UplinkAddressesTests
{
    private static IPNetwork[] Taken(params string[] networks) => [.. networks.Select(network => IPNetwork.Parse(network))];

    [Fact]
    public void The_two_addresses_are_those_of_a_network_of_four()
    {
        var chosen = UplinkAddresses.Choose([]);
        var (gateway, group) = (chosen.Gateway.GetAddressBytes(), chosen.Group.GetAddressBytes());
        Assert.Equal((10, 1, 2), (gateway[0], gateway[3] % 4, group[3] % 4));
        Assert.Equal(gateway[..3], group[..3]);
        Assert.NotEqual(chosen, UplinkAddresses.Choose([]));
    }

    [Theory]
    [InlineData("10.0.0.0/8", "172.")]
    [InlineData("10.0.0.0/9,10.128.0.0/9,172.16.0.0/12", "192.168.")]
    public void What_the_host_has_routes_for_is_left_alone(string taken, string expected) =>
        Assert.StartsWith(expected, UplinkAddresses.Choose(Taken(taken.Split(','))).Gateway.ToString(), StringComparison.Ordinal);

    [Fact]
    public void Where_only_a_part_is_free_that_part_is_found()
    {
        var chosen = UplinkAddresses.Choose(Taken("10.0.0.0/9", "10.192.0.0/10"));
        Assert.InRange(chosen.Group.GetAddressBytes()[1], 128, 191);
    }

    [Fact]
    public void Where_nothing_is_free_that_is_said() =>
        Assert.Contains("192.168.0.0/16", Assert.Throws<UnavailableException>(() => UplinkAddresses.Choose(Taken("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))).Message, StringComparison.Ordinal);

    [Fact]
    public void Routes_are_networks_and_own_addresses_and_a_way_out_is_neither()
    {
        var routes = HostRoutes.Parse(
            """
            [{"dst":"default","gateway":"192.0.2.1","dev":"eth0","flags":[]},{"dst":"0.0.0.0/1","dev":"tun0","flags":[]},{"dst":"192.0.2.0/24","dev":"eth0","flags":[]},
             {"type":"blackhole","dst":"10.9.0.0/16","flags":[]},{"type":"local","dst":"192.0.2.7","dev":"eth0","table":"local","flags":[]},
             {"type":"local","dst":"127.0.0.0/8","dev":"lo","table":"local","flags":[]},{"type":"broadcast","dst":"192.0.2.255","dev":"eth0","table":"local","flags":[]}]
            """);
        Assert.Equal(["192.0.2.0/24", "10.9.0.0/16", "192.0.2.7/32", "127.0.0.0/8", "192.0.2.255/32"], routes.Networks.Select(network => network.ToString()));
        Assert.True(routes.IsOwn(IPAddress.Parse("192.0.2.7")));
        Assert.False(routes.IsOwn(IPAddress.Parse("192.0.2.255")));
    }
}

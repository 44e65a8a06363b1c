using Cove.Runtime.Network;

namespace Cove.Tests.Network;

public sealed class GroupResolverTests
{
    private static readonly HostRoutes Routes = HostRoutes.Parse("""[{"type":"local","dst":"192.168.122.1","dev":"br0","table":"local"}]""");

    private static GroupResolver Of(string host, string behindStub = "") =>
        GroupResolver.Of(ResolverFile.Parse(host.Split('\n')), () => ResolverFile.Parse(behindStub.Split('\n')), Routes);

    [Fact]
    public void The_hosts_servers_domains_and_options_are_the_groups()
    {
        var resolver = Of("# made by hand\nnameserver 192.0.2.53\n nameserver\t198.51.100.53 \nsearch first.example\nsearch corp.example lab.example\noptions edns0 trust-ad\noptions ndots:2\n");
        Assert.Equal(["192.0.2.53", "198.51.100.53"], resolver.File.NameServers);
        Assert.Equal(["corp.example", "lab.example"], resolver.File.Searches);
        Assert.Equal(["edns0", "trust-ad", "ndots:2"], resolver.File.Options);
        Assert.Empty(resolver.LeftOut);
    }

    [Fact]
    public void Behind_systemds_stub_are_the_servers_that_it_asks()
    {
        var resolver = Of("nameserver 127.0.0.53\noptions edns0\nsearch corp.example\n", "nameserver 192.0.2.53\nsearch other.example\n");
        Assert.Equal(["192.0.2.53"], resolver.File.NameServers);
        Assert.Equal(["corp.example"], resolver.File.Searches);
        Assert.Empty(resolver.LeftOut);
        Assert.Equal(["127.0.0.53"], Of("nameserver 127.0.0.53\n").LeftOut);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("192.168.122.1")]
    [InlineData("0.0.0.0")]
    [InlineData("2001:db8::53")]
    [InlineData("::1")]
    [InlineData("fe80::1%eth0")]
    [InlineData("dns.example")]
    public void A_server_that_the_group_cannot_reach_is_left_out(string server)
    {
        var resolver = Of($"nameserver {server}\nnameserver 192.0.2.53\n");
        Assert.Equal(["192.0.2.53"], resolver.File.NameServers);
        Assert.Equal([server], resolver.LeftOut);
    }
}

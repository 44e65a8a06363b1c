using System.Diagnostics;
using System.Net;
using Cove.Outcomes;
using Cove.Runtime.Network;

namespace Cove.Tests.Network;

public sealed class GroupUplinkTests
{
    private static readonly IPAddress Loopback = IPAddress.Parse("127.0.0.9");

    public GroupUplinkTests() => OutsideWorld.Require();

    [Fact]
    public async Task A_group_reaches_a_server_outside_which_sees_the_host()
    {
        using var world = new OutsideWorld();
        using var group = GroupNetwork.Create(Loopback);
        Assert.Null(await OutsideWorld.AskAsync(group, OutsideWorld.Server));
        using var uplink = GroupUplink.Open(group, world.Host, []);
        Assert.Equal($"asked by {OutsideWorld.HostAddress}", await OutsideWorld.AskAsync(group, OutsideWorld.Server));
    }

    [Fact]
    public async Task The_host_itself_and_link_local_addresses_are_refused_although_they_answer()
    {
        using var world = new OutsideWorld();
        using var group = GroupNetwork.Create(Loopback);
        using var uplink = GroupUplink.Open(group, world.Host, []);
        foreach (var address in (IPAddress[])[OutsideWorld.HostAddress, uplink.Addresses.Gateway, MetadataService.Address])
        {
            Assert.NotNull(await OutsideWorld.AskAsync(world.Host, address));
            Assert.Null(await OutsideWorld.AskAsync(group, address));
        }

        // Nor under a name that is not its own.
        group.Run(() => Iproute.Ip("addr", "add", "198.51.100.77/32", "dev", "eth0"));
        group.Run(() => Iproute.Ip("route", "replace", "default", "via", $"{uplink.Addresses.Gateway}", "src", "198.51.100.77"));
        world.Outside.Run(() => Iproute.Ip("route", "add", "198.51.100.77", "via", $"{OutsideWorld.HostAddress}"));
        Assert.Null(await OutsideWorld.AskAsync(group, OutsideWorld.Server, patience: 3));
    }

    [Fact]
    public async Task Nobody_outside_opens_a_connection_into_a_group_nor_does_another_group()
    {
        using var world = new OutsideWorld();
        using var group = GroupNetwork.Create(Loopback);
        using var other = GroupNetwork.Create(Loopback);
        using var uplink = GroupUplink.Open(group, world.Host, []);
        using var second = GroupUplink.Open(other, world.Host, []);
        Assert.NotEqual(uplink.Addresses, second.Addresses);
        Assert.Equal($"asked by {OutsideWorld.HostAddress}", await OutsideWorld.AskAsync(other, OutsideWorld.Server));

        using var listener = group.Listen(new IPEndPoint(IPAddress.Any, OutsideWorld.Port));
        world.Outside.Run(() => Iproute.Ip("route", "add", $"{uplink.Addresses.Group}", "via", $"{OutsideWorld.HostAddress}"));
        Assert.Null(await OutsideWorld.AskAsync(world.Outside, uplink.Addresses.Group));
        Assert.Null(await OutsideWorld.AskAsync(other, uplink.Addresses.Group));
    }

    [Fact]
    public void At_its_end_neither_interface_nor_rule_is_left()
    {
        using var world = new OutsideWorld();
        using var group = GroupNetwork.Create(Loopback);
        using (var uplink = GroupUplink.Open(group, world.Host, []))
        {
            Assert.Contains(uplink.Name, world.Host.Run(() => Iproute.Ip("-br", "link")), StringComparison.Ordinal);
            Assert.Contains(uplink.Name, Tables(world), StringComparison.Ordinal);
        }

        Assert.DoesNotContain("cove", world.Host.Run(() => Iproute.Ip("-br", "link")), StringComparison.Ordinal);
        Assert.Equal("", Tables(world));
    }

    [Fact]
    public async Task Without_its_rules_there_is_no_way_out()
    {
        using var world = new OutsideWorld();
        using var group = GroupNetwork.Create(Loopback);
        using var uplink = GroupUplink.Open(group, world.Host, []);
        using (var owner = Process.GetProcessById(uplink.RulesProcess)) owner.Kill();
        for (var waited = 0; world.Host.Run(() => Iproute.Ip("-br", "link")).Contains(uplink.Name, StringComparison.Ordinal); waited++)
        {
            Assert.True(waited < 600, "the interface is still there");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        Assert.Null(await OutsideWorld.AskAsync(group, OutsideWorld.HostAddress));
    }

    [Fact]
    public void A_host_that_forwards_nothing_is_left_so_and_the_command_is_said()
    {
        using var world = new OutsideWorld();
        using var group = GroupNetwork.Create(Loopback);
        world.Host.Run(() =>
        {
            File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "0");
            return true;
        });
        var refused = Assert.Throws<UnavailableException>(() => GroupUplink.Open(group, world.Host, []));
        Assert.Contains("sudo sysctl -w net.ipv4.ip_forward=1", refused.Message, StringComparison.Ordinal);
        Assert.Equal("0", world.Host.Run(() => File.ReadAllText("/proc/sys/net/ipv4/ip_forward").Trim()));
        Assert.Equal("", Tables(world));
    }

    [Fact]
    public void A_rule_that_nft_does_not_take_is_said_in_its_words()
    {
        using var world = new OutsideWorld();
        var refused = Assert.Throws<UnavailableException>(() => world.Host.Run(() => NatTable.Open("table inet cove { flags owner; chain input { no such rule; }; }")));
        Assert.Contains("syntax error", refused.Message, StringComparison.Ordinal);
        Assert.Equal("", Tables(world));
    }

    private static string Tables(OutsideWorld world)
    {
        var start = new ProcessStartInfo("nft", ["list", "tables"]) { UseShellExecute = false, RedirectStandardOutput = true };
        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin";
        using var process = world.Host.Run(() => Process.Start(start)!);
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return said.Trim();
    }
}

using System.Net;
using Cove.Runtime.Network;

namespace Cove.Tests.Network;

public sealed class GroupCardTests
{
    public GroupCardTests() => OutsideWorld.Require();

    [Fact]
    public void A_card_has_the_address_of_the_uplink_and_not_that_of_loopback()
    {
        using var world = new OutsideWorld();
        using var group = GroupNetwork.Create(MetadataService.Address);
        Assert.Null(GroupCard.Open(group));
        using var uplink = GroupUplink.Open(group, world.Host, []);
        using var card = GroupCard.Open(group);
        Assert.NotNull(card);
        Assert.Equal((uplink.Addresses.Group, UplinkAddresses.PrefixLength), (IPAddress.Parse(card.Sandbox.Address), card.Sandbox.PrefixLength));
        Assert.Equal($"{uplink.Addresses.Gateway}", card.Sandbox.Gateway);
        Assert.Contains(card.Card.Mac, group.Run(() => Iproute.Ip("-br", "link", "show", "dev", "eth0")), StringComparison.Ordinal);
    }
}

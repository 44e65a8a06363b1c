using Cove.Agent.Containers;
using Cove.Protocol.Messages;

namespace Cove.Agent.Tests.Containers;

public sealed class GuestCapabilitiesTests
{
    [Fact]
    public void The_bits_of_the_bounding_set_are_read_by_name()
    {
        var available = GuestCapabilities.Read(["Name:\tx", "CapPrm:\t0000000000000000", "CapBnd:\t0000010000200001"]);
        Assert.Equal(["CAP_CHECKPOINT_RESTORE", "CAP_CHOWN", "CAP_SYS_ADMIN"], available.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_container_gets_what_was_decided_and_the_guest_has()
    {
        var wanted = new ProcessCapabilities([], ["CAP_CHOWN", "CAP_SYS_RESOURCE"], ["CAP_SYS_RESOURCE"], ["CAP_CHOWN"], []);
        var limited = GuestCapabilities.Limit(wanted, new HashSet<string>(["CAP_CHOWN", "CAP_SYS_ADMIN"], StringComparer.Ordinal));
        Assert.Equal(["CAP_CHOWN"], limited.Effective);
        Assert.Empty(limited.Inheritable);
        Assert.Equal(["CAP_CHOWN"], limited.Permitted);
    }
}

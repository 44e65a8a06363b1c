using System.Net;
using Cove.Formats.Network;

namespace Cove.Formats.Tests.Network;

public sealed class AddressReachTests
{
    [Theory]
    [InlineData("127.0.0.1", Reach.Loopback)]
    [InlineData("127.255.255.255", Reach.Loopback)]
    [InlineData("128.0.0.0", Reach.Public)]
    [InlineData("0.0.0.0", Reach.Loopback)]
    [InlineData("::1", Reach.Loopback)]
    [InlineData("::", Reach.Loopback)]
    [InlineData("::ffff:127.0.0.1", Reach.Loopback)]
    [InlineData("169.254.169.254", Reach.LinkLocal)]
    [InlineData("169.253.255.255", Reach.Public)]
    [InlineData("169.255.0.0", Reach.Public)]
    [InlineData("::ffff:169.254.169.254", Reach.LinkLocal)]
    [InlineData("64:ff9b::a9fe:a9fe", Reach.LinkLocal)]
    [InlineData("2002:a9fe:a9fe::1", Reach.LinkLocal)]
    [InlineData("168.63.129.16", Reach.LinkLocal)]
    [InlineData("168.63.129.17", Reach.Public)]
    [InlineData("fe80::1", Reach.LinkLocal)]
    [InlineData("fe80::1%2", Reach.LinkLocal)]
    [InlineData("10.1.2.3", Reach.Private)]
    [InlineData("11.0.0.0", Reach.Public)]
    [InlineData("172.15.255.255", Reach.Public)]
    [InlineData("172.16.0.1", Reach.Private)]
    [InlineData("172.31.255.255", Reach.Private)]
    [InlineData("172.32.0.0", Reach.Public)]
    [InlineData("192.168.255.1", Reach.Private)]
    [InlineData("100.64.0.1", Reach.Private)]
    [InlineData("100.128.0.0", Reach.Public)]
    [InlineData("fd00::1", Reach.Private)]
    [InlineData("224.0.0.1", Reach.None)]
    [InlineData("255.255.255.255", Reach.None)]
    [InlineData("192.0.2.1", Reach.None)]
    [InlineData("2001:db8::1", Reach.None)]
    [InlineData("ff02::1", Reach.None)]
    [InlineData("20.1.2.3", Reach.Public)]
    [InlineData("2603:1030::1", Reach.Public)]
    [InlineData("2002:1401:203::1", Reach.Public)]
    public void Says_how_far_an_address_reaches(string address, Reach reach) => Assert.Equal(reach, AddressReach.Of(IPAddress.Parse(address)));
}

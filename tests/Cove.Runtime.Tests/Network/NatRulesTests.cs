using System.Net;
using Cove.Runtime.Network;

namespace Cove.Tests.Network;

public sealed class NatRulesTests
{
    [Fact]
    public void One_line_makes_one_table_that_its_maker_owns() =>
        Assert.Equal(
            """
            table inet cove1 { flags owner; 
            chain input { type filter hook input priority filter; policy accept; iifname "cove1" reject with icmpx type admin-prohibited; }; 
            chain forward { type filter hook forward priority filter; policy accept; 
            oifname "cove1" ct state established,related accept; oifname "cove1" reject with icmpx type admin-prohibited; iifname != "cove1" accept; 
            meta nfproto ipv6 drop; ip saddr != 10.1.2.2 drop; 
            ip daddr { 0.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16, 224.0.0.0/3 } reject with icmpx type admin-prohibited; 
            tcp flags syn / syn,rst tcp option maxseg size set rt mtu; }; 
            chain postrouting { type nat hook postrouting priority srcnat; policy accept; iifname "cove1" masquerade; }; }
            """.ReplaceLineEndings(""),
            NatRules.Of("cove1", IPAddress.Parse("10.1.2.2")));
}

using System.Net;

namespace Cove.Runtime.Network;

/// <summary>What a host does with the packets of one group's uplink, in the language of nft(8): a pure function.</summary>
internal static class NatRules
{
    /// <summary>Where no packet of a group goes: this network, loopback, link-local with the metadata service, multicast and reserved.</summary>
    private const string Refused = "0.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16, 224.0.0.0/3";

    private const string Reject = "reject with icmpx type admin-prohibited";

    /// <summary>
    /// One line, so that the kernel takes all of it or nothing. The table belongs to the process that makes it: nobody else changes it, and it goes
    /// when that process does.
    /// </summary>
    /// <param name="uplink">The host's end of the uplink, which names the table too.</param>
    /// <param name="group">The group's address.</param>
    public static string Of(string uplink, IPAddress group) =>
        $"table inet {uplink} {{ flags owner; "
        + $"chain input {{ type filter hook input priority filter; policy accept; iifname \"{uplink}\" {Reject}; }}; "
        + "chain forward { type filter hook forward priority filter; policy accept; "
        + $"oifname \"{uplink}\" ct state established,related accept; oifname \"{uplink}\" {Reject}; iifname != \"{uplink}\" accept; "
        + $"meta nfproto ipv6 drop; ip saddr != {group} drop; ip daddr {{ {Refused} }} {Reject}; tcp flags syn / syn,rst tcp option maxseg size set rt mtu; }}; "
        + $"chain postrouting {{ type nat hook postrouting priority srcnat; policy accept; iifname \"{uplink}\" masquerade; }}; }}";
}

using Cove.Protocol.Launch;

namespace Cove.Cli.Host;

/// <summary>What a group reaches outside, and what a host needs for it.</summary>
internal static class Egress
{
    public const string None = LaunchSpec.NoNetwork;

    public const string Nat = LaunchSpec.Nat;

    public const string PacketFilterFix = "sudo apt-get install -y nftables";

    /// <summary>Never typed by cove: it is a setting of the whole host.</summary>
    public const string ForwardingFix = "sudo sysctl -w net.ipv4.ip_forward=1";

    public static string Parse(string wanted) =>
        wanted is None or Nat ? wanted : throw CommandFailedException.Usage("network-unknown", $"there is no network {wanted}", "--network none or nat");

    /// <summary>Fails, with the command that helps, where this host cannot give it.</summary>
    public static void Require(string egress, HostProbe probe)
    {
        if (egress == None) return;
        switch (PacketFilter(probe))
        {
            case null:
                throw Lacks("nft, which this host lacks", PacketFilterFix);
            case { Succeeded: false } refused:
                throw Lacks($"the kernel's packet filter, which nft may not use here ({refused.FirstLine})", "cove doctor");
        }

        if (!Forwards(probe)) throw Lacks("a host that forwards packets (net.ipv4.ip_forward is 0)", ForwardingFix);
    }

    /// <summary>Whether the packet filter can be used; null where its program is missing.</summary>
    public static ProgramResult? PacketFilter(HostProbe probe) => probe.Try("nft", ["list", "tables"]);

    public static bool Forwards(HostProbe probe) => probe.Read("/proc/sys/net/ipv4/ip_forward")?.Trim() == "1";

    private static CommandFailedException Lacks(string what, string hint) => CommandFailedException.Unavailable("network-unavailable", $"nat network needs {what}", hint);
}

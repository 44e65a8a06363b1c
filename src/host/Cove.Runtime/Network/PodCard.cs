using System.Diagnostics;
using System.Text.Json;
using Cove.Outcomes;
using Cove.Protocol.Messages;
using Cove.Runtime.Vmm;

namespace Cove.Runtime.Network;

/// <summary>
/// Gives a machine the network of a pod: what CNI put into the pod's namespace stays as it is, and every packet of its interface goes to a tap
/// device and back. The guest then has the pod's address itself.
/// </summary>
internal sealed class PodCard : IDisposable
{
    private const string Tap = "cove0";
    private const int MaxAnswer = 64 * 1024;

    private readonly GroupNetwork network;

    private PodCard(GroupNetwork network, MachineCard card, SandboxNetwork sandbox) => (this.network, Card, Sandbox) = (network, card, sandbox);

    /// <summary>What QEMU is told.</summary>
    public MachineCard Card { get; }

    /// <summary>What the guest is told.</summary>
    public SandboxNetwork Sandbox { get; }

    /// <summary>Sets it up; null where the pod's namespace has no interface with an address.</summary>
    /// <exception cref="UnavailableException">The host lacks <c>ip</c> or <c>tc</c>, or the kernel refused.</exception>
    public static PodCard? Open(GroupNetwork network)
    {
        using var links = JsonDocument.Parse(Ip(network, "-j", "-4", "addr", "show", "scope", "global"));
        var link = links.RootElement.EnumerateArray().FirstOrDefault(one => one.TryGetProperty("addr_info", out var given) && given.GetArrayLength() > 0);
        if (link.ValueKind != JsonValueKind.Object) return null;
        using var routes = JsonDocument.Parse(Ip(network, "-j", "-4", "route", "show", "default"));
        var gateway = routes.RootElement.EnumerateArray().Select(route => route.TryGetProperty("gateway", out var through) ? through.GetString() : null).FirstOrDefault();
        var (name, address) = (link.GetProperty("ifname").GetString()!, link.GetProperty("addr_info")[0]);
        using var whole = JsonDocument.Parse(Ip(network, "-j", "link", "show", "dev", name));
        var mtu = link.GetProperty("mtu").GetInt32();
        var made = new PodCard(
            network,
            new MachineCard(Tap, whole.RootElement[0].GetProperty("address").GetString()!),
            new SandboxNetwork(address.GetProperty("local").GetString()!, address.GetProperty("prefixlen").GetInt32(), gateway, mtu));
        try
        {
            Ip(network, "tuntap", "add", Tap, "mode", "tap");
            Ip(network, "link", "set", Tap, "up", "mtu", mtu.ToString(System.Globalization.CultureInfo.InvariantCulture));
            foreach (var (from, to) in ((string, string)[])[(name, Tap), (Tap, name)])
            {
                Run(network, "tc", "qdisc", "add", "dev", from, "ingress");
                Run(network, "tc", "filter", "add", "dev", from, "parent", "ffff:", "protocol", "all", "u32", "match", "u8", "0", "0", "action", "mirred", "egress", "redirect", "dev", to);
            }

            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    /// <summary>Takes the tap device away, if the namespace is still there.</summary>
    public void Dispose()
    {
        try
        {
            Ip(network, "link", "del", Tap);
        }
        catch (UnavailableException)
        {
            // It goes with its namespace, which CNI may have taken down already.
        }
    }

    private static string Ip(GroupNetwork network, params string[] arguments) => Run(network, "ip", arguments);

    private static string Run(GroupNetwork network, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin";
        try
        {
            using var process = network.Run(() => Process.Start(start)) ?? throw new UnavailableException(program, "did not start");
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0) throw new UnavailableException("pod network", $"{program} {string.Join(' ', arguments)}: {error.GetAwaiter().GetResult().Trim()}");
            return output.Length is > 0 and <= MaxAnswer ? output : "[]";
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new UnavailableException(program, $"{missing.Message}: sudo apt-get install -y iproute2", missing);
        }
    }
}

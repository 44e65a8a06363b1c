using System.Diagnostics;
using System.Security.Cryptography;

namespace Cove.Tests.Flow;

/// <summary>A network namespace with an interface and an address, as CNI makes one for a pod, whose other end is this host's.</summary>
internal sealed class PodNamespace : IDisposable
{
    private readonly string outside;

    public PodNamespace()
    {
        var number = RandomNumberGenerator.GetInt32(1, 250);
        (Name, outside, Address) = ($"cove-test-{Environment.ProcessId}-{number}", $"cv{Environment.ProcessId}x{number}"[..Math.Min(15, $"cv{Environment.ProcessId}x{number}".Length)], $"10.214.{number}.2");
        Ip("netns", "add", Name);
        try
        {
            Ip("link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns", Name);
            Ip("addr", "add", $"10.214.{number}.1/24", "dev", outside);
            Ip("link", "set", outside, "up");
            foreach (var command in (string[])["link set lo up", $"addr add {Address}/24 dev eth0", "link set eth0 up", $"route add default via 10.214.{number}.1"])
                Ip(["-n", Name, .. command.Split(' ')]);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Name { get; }

    public string Path => $"/run/netns/{Name}";

    /// <summary>The pod's address.</summary>
    public string Address { get; }

    /// <summary>Names of the interfaces in it.</summary>
    public string Interfaces() => Ip("-n", Name, "-br", "link");

    public void Dispose()
    {
        // The pair's other end goes with it.
        Ip("netns", "del", Name);
    }

    private static string Ip(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("/usr/sbin/ip", arguments) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? said : throw new InvalidOperationException($"ip {string.Join(' ', arguments)} failed");
    }
}

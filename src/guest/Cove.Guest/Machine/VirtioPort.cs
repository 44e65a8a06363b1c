using Cove.Guest.Linux;
using Cove.Outcomes;
using Microsoft.Win32.SafeHandles;

namespace Cove.Guest.Machine;

/// <summary>A virtio serial port, found by the name that the host gave it.</summary>
public static class VirtioPort
{
    private const string Ports = "/sys/class/virtio-ports";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Opens the port as soon as the kernel has it. Reads and writes each hold a thread, as the kernel offers nothing better.</summary>
    /// <exception cref="UnavailableException">There is no such port.</exception>
    public static async Task<Stream> OpenAsync(string name, CancellationToken cancellation = default)
    {
        var node = await DeviceWait.ForAsync(() => Look(name), Patience, Pause, TimeProvider.System, cancellation)
            ?? throw new UnavailableException("port", $"the machine has no serial port named {name}");
        var handle = new SafeFileHandle(LinuxException.Check(Libc.Open(node, Libc.OpenReadWrite | Libc.OpenCloseOnExec), $"open {node}"), ownsHandle: true);
        return new FileStream(handle, FileAccess.ReadWrite, bufferSize: 0, isAsync: false);
    }

    private static string? Look(string name)
    {
        if (!Directory.Exists(Ports)) return null;
        foreach (var port in Directory.EnumerateFileSystemEntries(Ports))
        {
            // The name comes a moment after the port itself.
            var file = Path.Combine(port, "name");
            if (File.Exists(file) && File.ReadAllText(file).TrimEnd('\n') == name && File.Exists($"/dev/{Path.GetFileName(port)}")) return $"/dev/{Path.GetFileName(port)}";
        }

        return null;
    }
}

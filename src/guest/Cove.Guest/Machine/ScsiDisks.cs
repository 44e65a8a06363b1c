using System.Globalization;
using System.Runtime.InteropServices;
using Cove.Guest.Linux;
using Cove.Outcomes;
using Microsoft.Win32.SafeHandles;

namespace Cove.Guest.Machine;

/// <summary>The disks that a host plugs into the machine's SCSI controller, by where it plugs them: target and unit.</summary>
public static class ScsiDisks
{
    private const string Devices = "/sys/bus/scsi/devices";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ScanPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>The device node of a disk that is there or about to be: plugging in takes the kernel a moment.</summary>
    /// <exception cref="UnavailableException">It did not appear.</exception>
    /// <exception cref="LinuxException">It is there and cannot be opened.</exception>
    public static async Task<string> FindAsync(int target, int unit, CancellationToken cancellation = default) =>
        await DeviceWait.ForAsync(() => Look(target, unit), Patience, Pause, TimeProvider.System, cancellation)
            ?? throw new UnavailableException("disk", $"nothing was plugged in as target {target}, unit {unit}");

    /// <summary>The device node of a disk that the machine was started with; null where it has none. The kernel may still be looking.</summary>
    /// <exception cref="LinuxException">It is there and cannot be opened.</exception>
    public static Task<string?> FindFixedAsync(int target, int unit, CancellationToken cancellation = default) =>
        DeviceWait.ForAsync(() => Look(target, unit), ScanPatience, Pause, TimeProvider.System, cancellation);

    /// <summary>The node is there a moment before the driver behind it; opening it is refused until then.</summary>
    private static bool IsReady(string node)
    {
        var descriptor = Libc.Open(node, Libc.OpenReadOnly | Libc.OpenCloseOnExec);
        if (descriptor >= 0)
        {
            using var opened = new SafeFileHandle(descriptor, ownsHandle: true);
            return true;
        }

        var error = Marshal.GetLastPInvokeError();
        return error is Libc.ErrorNoDevice or Libc.ErrorNoSuchDevice ? false : throw new LinuxException($"open {node}", error);
    }

    private static string? Look(int target, int unit)
    {
        if (!Directory.Exists(Devices)) return null;
        var end = string.Create(CultureInfo.InvariantCulture, $":0:{target}:{unit}");
        var device = Directory.EnumerateFileSystemEntries(Devices).FirstOrDefault(path => path.EndsWith(end, StringComparison.Ordinal) && !Path.GetFileName(path).StartsWith("target", StringComparison.Ordinal));
        if (device is null || !Directory.Exists(Path.Combine(device, "block"))) return null;
        var name = Directory.EnumerateDirectories(Path.Combine(device, "block")).Select(Path.GetFileName).FirstOrDefault();
        return name is not null && File.Exists($"/dev/{name}") && IsReady($"/dev/{name}") ? $"/dev/{name}" : null;
    }
}

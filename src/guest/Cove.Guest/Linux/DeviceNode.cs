using System.Runtime.InteropServices;

namespace Cove.Guest.Linux;

/// <summary>
/// Device nodes in a container's own /dev, which has the usual few only. A privileged container, and no other, may make those it needs.
/// </summary>
internal static partial class DeviceNode
{
    public const uint Character = 0x2000;
    public const uint Block = 0x6000;
    private const uint OwnerOnly = 0b110_000_000;
    private const int ErrorExists = 17;

    /// <summary>Makes the node where there is none.</summary>
    /// <exception cref="LinuxException">This process may not.</exception>
    public static void Ensure(string path, uint type, uint major, uint minor)
    {
        if (File.Exists(path)) return;
        if (MakeNode(path, type | OwnerOnly, ((ulong)(major & 0xFFF) << 8) | (minor & 0xFF) | ((ulong)(minor & ~0xFFu) << 12)) == 0) return;
        var error = Marshal.GetLastPInvokeError();
        if (error != ErrorExists) throw new LinuxException($"make the device {path}, which only a privileged container may", error);
    }

    [LibraryImport("libc", EntryPoint = "mknod", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeNode(string path, uint mode, ulong device);
}

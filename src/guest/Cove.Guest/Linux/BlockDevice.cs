using Microsoft.Win32.SafeHandles;

namespace Cove.Guest.Linux;

/// <summary>A disk, seen as its bytes.</summary>
internal static class BlockDevice
{
    private const nuint GetSize = 0x80081272;

    /// <summary>Opens it.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static SafeFileHandle Open(string path, bool writable = false) =>
        new(LinuxException.Check(Libc.Open(path, (writable ? Libc.OpenReadWrite : Libc.OpenReadOnly) | Libc.OpenCloseOnExec), $"open {path}"), ownsHandle: true);

    /// <summary>Its size in bytes.</summary>
    /// <exception cref="LinuxException">It is no block device.</exception>
    public static unsafe long Size(string path)
    {
        using var handle = Open(path);
        long size = 0;
        LinuxException.Check(Libc.Control(handle.DangerousGetHandle().ToInt32(), GetSize, (byte*)&size), $"size of {path}");
        return size;
    }
}

using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Cove.Guest.Attesters;

/// <summary>ioctl(2) on an open device: 0, or the errno it failed with. <paramref name="argument"/> points to the request's structure.</summary>
internal delegate int IoControl(SafeFileHandle device, uint request, nint argument);

/// <summary>The kernel's calls behind a device file.</summary>
internal static partial class DeviceFile
{
    private const int OpenReadWrite = 2;
    private const int OpenCloseOnExec = 0x80000;

    /// <summary>open(2) for reading and writing, without the locks and seeks that .NET adds for ordinary files.</summary>
    public static SafeFileHandle Open(string path)
    {
        var handle = OpenFile(path, OpenReadWrite | OpenCloseOnExec);
        if (!handle.IsInvalid) return handle;
        var error = Marshal.GetLastPInvokeErrorMessage();
        handle.Dispose();
        throw new Cove.Outcomes.UnavailableException(path, $"error opening SNP device {path}: {error}");
    }

    public static int Control(SafeFileHandle device, uint request, nint argument) =>
        ControlDevice(device, request, argument) < 0 ? Marshal.GetLastPInvokeError() : 0;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int ControlDevice(SafeFileHandle device, nuint request, nint argument);
}

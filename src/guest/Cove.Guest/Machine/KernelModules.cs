using Cove.Guest.Linux;
using Microsoft.Win32.SafeHandles;

namespace Cove.Guest.Machine;

/// <summary>Loads the kernel modules of a guest image, in the order in which it lists them.</summary>
public static class KernelModules
{
    private const int AlreadyLoaded = 17;
    private const int NoSuchHardware = Libc.ErrorNoSuchDevice;

    /// <summary>Loads each file of the list, one path a line. A driver of hardware that this machine does not have is passed over.</summary>
    /// <exception cref="LinuxException">The kernel refused a module.</exception>
    public static void Load(string list)
    {
        foreach (var path in File.ReadAllLines(list))
        {
            using var file = new SafeFileHandle(LinuxException.Check(Libc.Open(path, Libc.OpenReadOnly | Libc.OpenCloseOnExec), $"open {path}"), ownsHandle: true);
            if (Libc.LoadModule(file.DangerousGetHandle().ToInt32()) == 0) continue;
            var error = System.Runtime.InteropServices.Marshal.GetLastPInvokeError();
            if (error is not (AlreadyLoaded or NoSuchHardware)) throw new LinuxException($"load {path}", error);
        }
    }
}

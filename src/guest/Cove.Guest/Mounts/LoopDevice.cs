using System.Buffers.Binary;
using Cove.Guest.Layers;
using Cove.Guest.Linux;
using Microsoft.Win32.SafeHandles;

namespace Cove.Guest.Mounts;

/// <summary>
/// A read-only loop device over a sealed file. It frees itself (<c>LO_FLAGS_AUTOCLEAR</c>) when its last user is gone, so not even an agent
/// that is killed leaves one behind.
/// </summary>
internal sealed class LoopDevice : IDisposable
{
    private const string Control = "/dev/loop-control";
    private const nuint GetFree = 0x4C82;
    private const nuint Configure = 0x4C0A;
    private const int ConfigSize = 304;
    private const int FlagsOffset = 60;
    private const uint ReadOnly = 1;
    private const uint AutoClear = 4;
    private const int Attempts = 64;

    private readonly SafeFileHandle device;

    private LoopDevice(SafeFileHandle device, string path) => (this.device, Path) = (device, path);

    public string Path { get; }

    public static LoopDevice Attach(SealedMemoryFile file)
    {
        using var control = Open(Control);
        for (var attempt = 1; ; attempt++)
        {
            var number = LinuxException.Check(Libc.Control(control.DangerousGetHandle().ToInt32(), GetFree, 0), $"{Control}: find a free loop device");
            var path = $"/dev/loop{number}";
            var device = Open(path);
            try
            {
                LinuxException.Check(SetUp(device, file), $"{path}: configure");
                return new LoopDevice(device, path);
            }
            catch (LinuxException taken) when (taken.Error == Libc.ErrorBusy && attempt < Attempts)
            {
                // Somebody else was given the same number between the two calls: ask again.
                device.Dispose();
            }
            catch
            {
                device.Dispose();
                throw;
            }
        }
    }

    /// <summary>Lets go of the device; a mount of it keeps it.</summary>
    public void Dispose() => device.Dispose();

    private static unsafe int SetUp(SafeFileHandle device, SealedMemoryFile file)
    {
        Span<byte> config = stackalloc byte[ConfigSize];
        config.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(config, file.Handle.DangerousGetHandle().ToInt32());
        BinaryPrimitives.WriteUInt32LittleEndian(config[FlagsOffset..], ReadOnly | AutoClear);
        fixed (byte* argument = config) return Libc.Control(device.DangerousGetHandle().ToInt32(), Configure, (nint)argument);
    }

    private static SafeFileHandle Open(string path) =>
        new(LinuxException.Check(Libc.Open(path, Libc.OpenReadOnly | Libc.OpenCloseOnExec), $"open {path}"), ownsHandle: true);
}

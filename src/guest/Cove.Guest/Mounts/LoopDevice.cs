using System.Buffers.Binary;
using System.Globalization;
using Cove.Guest.Layers;
using Cove.Guest.Linux;
using Microsoft.Win32.SafeHandles;

namespace Cove.Guest.Mounts;

/// <summary>
/// A loop device over a file. It frees itself (<c>LO_FLAGS_AUTOCLEAR</c>) when its last user is gone, so not even an agent
/// that is killed leaves one behind.
/// </summary>
internal sealed class LoopDevice : IDisposable
{
    private const string Control = "/dev/loop-control";
    private const uint ControlMajor = 10, ControlMinor = 237, LoopMajor = 7;
    private const nuint GetFree = 0x4C82;
    private const nuint Configure = 0x4C0A;
    private const nuint SetReadAheadSectors = 0x1262;
    private const int ConfigSize = 304;
    private const int FlagsOffset = 60;
    private const uint ReadOnly = 1;
    private const uint AutoClear = 4;
    private const uint Direct = 16;
    private const int Attempts = 64;
    private const int ReadAheadSectors = 4096;

    private readonly SafeFileHandle device;

    private LoopDevice(SafeFileHandle device, string path) => (this.device, Path) = (device, path);

    public string Path { get; }

    /// <summary>A read-only device over a sealed file.</summary>
    public static LoopDevice Attach(SealedMemoryFile file) => Attach(file.Handle, ReadOnly | AutoClear);

    /// <summary>A device over a file of any file system, past the page cache of that: the device has one of its own.</summary>
    public static LoopDevice AttachDirect(string path, bool writable)
    {
        using var file = Open(path, writable ? Libc.OpenReadWrite : Libc.OpenReadOnly);
        var loop = Attach(file, (writable ? 0 : ReadOnly) | AutoClear | Direct);
        SetReadAhead(loop.device);
        return loop;
    }

    /// <summary>Lets the kernel read as far ahead of a sequential reader, on a device over one of these.</summary>
    public static void SetReadAhead(string path)
    {
        using var device = Open(path, Libc.OpenReadOnly);
        SetReadAhead(device);
    }

    /// <summary>Lets go of the device; a mount of it keeps it.</summary>
    public void Dispose() => device.Dispose();

    private static LoopDevice Attach(SafeFileHandle file, uint flags)
    {
        DeviceNode.Ensure(Control, DeviceNode.Character, ControlMajor, ControlMinor);
        using var control = Open(Control, Libc.OpenReadOnly);
        for (var attempt = 1; ; attempt++)
        {
            var number = LinuxException.Check(Libc.Control(control.DangerousGetHandle().ToInt32(), GetFree, 0), $"{Control}: find a free loop device");
            var path = string.Create(CultureInfo.InvariantCulture, $"/dev/loop{number}");
            DeviceNode.Ensure(path, DeviceNode.Block, LoopMajor, (uint)number);
            var device = Open(path, (flags & ReadOnly) != 0 ? Libc.OpenReadOnly : Libc.OpenReadWrite);
            try
            {
                LinuxException.Check(SetUp(device, file, flags), $"{path}: configure");
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

    /// <summary>A kernel that keeps to its own number reads slower, and nothing else.</summary>
    private static void SetReadAhead(SafeFileHandle device) =>
        _ = Libc.Control(device.DangerousGetHandle().ToInt32(), SetReadAheadSectors, (nint)ReadAheadSectors);

    private static unsafe int SetUp(SafeFileHandle device, SafeFileHandle file, uint flags)
    {
        Span<byte> config = stackalloc byte[ConfigSize];
        config.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(config, file.DangerousGetHandle().ToInt32());
        BinaryPrimitives.WriteUInt32LittleEndian(config[FlagsOffset..], flags);
        fixed (byte* argument = config) return Libc.Control(device.DangerousGetHandle().ToInt32(), Configure, (nint)argument);
    }

    private static SafeFileHandle Open(string path, int mode) =>
        new(LinuxException.Check(Libc.Open(path, mode | Libc.OpenCloseOnExec), $"open {path}"), ownsHandle: true);
}

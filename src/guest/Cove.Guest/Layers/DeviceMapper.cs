using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Cove.Guest.Linux;
using Microsoft.Win32.SafeHandles;

namespace Cove.Guest.Layers;

/// <summary>A mapped block device (device-mapper, one target), by ioctls on its control device: the guest has no dmsetup.</summary>
internal sealed class DeviceMapper : IDisposable
{
    private const string ControlPath = "/dev/mapper/control";
    private const nuint Request = 0xC138FD00;
    private const uint Create = 3, Remove = 4, Resume = 6, LoadTable = 9;
    private const int HeaderSize = 312, TargetSize = 40, NameOffset = 48, NameSize = 128, DeviceOffset = 40;
    private const uint ReadOnlyFlag = 1;

    /// <summary>The kernel forgets what it was told once it has done it.</summary>
    private const uint SecureFlag = 1 << 15;

    private readonly string name;

    private DeviceMapper(string name, string path) => (this.name, Path) = (name, path);

    /// <summary>The device, e.g. <c>/dev/dm-0</c>.</summary>
    public string Path { get; }

    /// <summary>Makes a read-only device.</summary>
    /// <param name="name">Unique in this guest.</param>
    /// <param name="sectors">Its size in sectors of 512 bytes.</param>
    /// <param name="target">The target's type, e.g. <c>verity</c>.</param>
    /// <param name="parameters">The target's parameters.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static DeviceMapper CreateReadOnly(string name, long sectors, string target, string parameters) =>
        Make(name, sectors, target, Encoding.ASCII.GetBytes(parameters), ReadOnlyFlag);

    /// <summary>Makes a device that can be written, from parameters that hold a secret; whoever made them clears them.</summary>
    /// <inheritdoc cref="CreateReadOnly" path="/param"/>
    /// <inheritdoc cref="CreateReadOnly" path="/exception"/>
    public static DeviceMapper CreateSecret(string name, long sectors, string target, ReadOnlySpan<byte> parameters) =>
        Make(name, sectors, target, parameters, SecureFlag);

    private static DeviceMapper Make(string name, long sectors, string target, ReadOnlySpan<byte> parameters, uint flags)
    {
        var made = Call(Create, name, flags: 0, []);
        var number = BinaryPrimitives.ReadUInt64LittleEndian(made.AsSpan(DeviceOffset));
        var minor = (number & 0xFF) | ((number >> 12) & ~0xFFul);
        var device = new DeviceMapper(name, $"/dev/dm-{minor}");
        try
        {
            Load(name, flags, Table(sectors, target, parameters));
            Call(Resume, name, flags: 0, []);
            return device;
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    /// <summary>Removes the device; one that is still mounted stays.</summary>
    public void Dispose()
    {
        try
        {
            Call(Remove, name, flags: 0, []);
        }
        catch (LinuxException used) when (used.Error == Libc.ErrorBusy)
        {
            // A mount that was detached but is still in use holds it; it shows the same bytes to its last user.
        }
    }

    private static void Load(string name, uint flags, byte[] table)
    {
        try
        {
            Call(LoadTable, name, flags, table);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(table);
        }
    }

    private static byte[] Table(long sectors, string target, ReadOnlySpan<byte> text)
    {
        var size = (TargetSize + text.Length + 1 + 7) / 8 * 8;
        var table = GC.AllocateArray<byte>(size, pinned: true);
        BinaryPrimitives.WriteInt64LittleEndian(table.AsSpan(8), sectors);
        Encoding.ASCII.GetBytes(target, table.AsSpan(24, 15));
        text.CopyTo(table.AsSpan(TargetSize));
        return table;
    }

    private static unsafe byte[] Call(uint command, string name, uint flags, byte[] table)
    {
        var message = GC.AllocateArray<byte>(HeaderSize + table.Length, pinned: true);
        BinaryPrimitives.WriteUInt32LittleEndian(message, 4);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(12), message.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(16), HeaderSize);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(20), table.Length > 0 ? 1u : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(28), flags);
        Encoding.ASCII.GetBytes(name, message.AsSpan(NameOffset, NameSize - 1));
        table.CopyTo(message, HeaderSize);
        using var control = new SafeFileHandle(LinuxException.Check(Libc.Open(ControlPath, Libc.OpenReadWrite | Libc.OpenCloseOnExec), $"open {ControlPath}"), ownsHandle: true);
        fixed (byte* at = message)
        {
            var result = Libc.Control(control.DangerousGetHandle().ToInt32(), Request | command, at);
            CryptographicOperations.ZeroMemory(message.AsSpan(HeaderSize));
            LinuxException.Check(result, $"device-mapper call {command} for {name}");
        }

        return message;
    }
}

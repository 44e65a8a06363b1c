using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Cove.Guest.Linux;
using Microsoft.Win32.SafeHandles;

namespace Cove.Guest.Layers;

/// <summary>A mapped block device (device-mapper, one target), by ioctls on its control device: the guest has no dmsetup.</summary>
internal sealed class DeviceMapper : IDisposable
{
    private const int TargetSize = 40, DeviceOffset = 40;
    private const uint ReadOnlyFlag = 1;

    /// <summary>The kernel forgets what it was told once it has done it.</summary>
    private const uint SecureFlag = 1 << 15;

    /// <summary>The device goes when its last user has gone.</summary>
    private const uint DeferredFlag = 1 << 17;

    private readonly string name;
    private readonly SafeFileHandle? user;

    private DeviceMapper(string name, string path, SafeFileHandle? user = null) => (this.name, Path, this.user) = (name, path, user);

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

    /// <summary>
    /// Makes a device from parameters that hold a secret, which is gone as soon as nobody uses it: what this returns is its first user, a mount a further
    /// one. The kernel sees to that, so not even a process that is killed half-way leaves a secret behind.
    /// </summary>
    /// <inheritdoc cref="CreateReadOnly" path="/param"/>
    /// <param name="writable">Otherwise it is read-only.</param>
    /// <inheritdoc cref="CreateReadOnly" path="/exception"/>
    public static DeviceMapper CreateWhileUsed(string name, long sectors, string target, ReadOnlySpan<byte> parameters, bool writable)
    {
        var (path, major, minor) = Register(name);
        SafeFileHandle? user = null;
        try
        {
            // A device can be opened when it has had a table, and marked to go when it is open: so the first table is one that knows nothing.
            var access = writable ? 0 : ReadOnlyFlag;
            Load(name, access, sectors, "error", []);
            DeviceNode.Ensure(path, DeviceNode.Block, major, minor);
            user = BlockDevice.Open(path, writable);
            DeviceMapperControl.Call(DeviceMapperCommand.Remove, name, DeferredFlag, []);
            Load(name, access | SecureFlag, sectors, target, parameters);
            DeviceMapperControl.Call(DeviceMapperCommand.Resume, name, flags: 0, []);
            return new DeviceMapper(name, path, user);
        }
        catch
        {
            user?.Dispose();
            Remove(name);
            throw;
        }
    }

    /// <summary>Removes the device; one that is still mounted stays, or stays until it is no more where it was made so.</summary>
    public void Dispose()
    {
        if (user is not null) user.Dispose();
        else Remove(name);
    }

    private static DeviceMapper Make(string name, long sectors, string target, ReadOnlySpan<byte> parameters, uint flags)
    {
        var (path, _, _) = Register(name);
        try
        {
            Load(name, flags, sectors, target, parameters);
            DeviceMapperControl.Call(DeviceMapperCommand.Resume, name, flags: 0, []);
            return new DeviceMapper(name, path);
        }
        catch
        {
            Remove(name);
            throw;
        }
    }

    private static (string Path, uint Major, uint Minor) Register(string name)
    {
        var made = DeviceMapperControl.Call(DeviceMapperCommand.Create, name, flags: 0, []);
        var number = BinaryPrimitives.ReadUInt64LittleEndian(made.AsSpan(DeviceOffset));
        var (major, minor) = ((uint)(number >> 8) & 0xFFF, (uint)((number & 0xFF) | ((number >> 12) & 0xFFFFFF00)));
        return (string.Create(CultureInfo.InvariantCulture, $"/dev/dm-{minor}"), major, minor);
    }

    private static void Remove(string name)
    {
        try
        {
            DeviceMapperControl.Call(DeviceMapperCommand.Remove, name, flags: 0, []);
        }
        catch (LinuxException used) when (used.Error is Libc.ErrorBusy or Libc.ErrorNoDevice)
        {
            // A mount that was detached but is still in use holds it; it shows the same bytes to its last user. Or its last user has just gone, and it with them.
        }
    }

    private static void Load(string name, uint flags, long sectors, string target, ReadOnlySpan<byte> text)
    {
        var size = (TargetSize + text.Length + 1 + 7) / 8 * 8;
        var table = GC.AllocateArray<byte>(size, pinned: true);
        try
        {
            BinaryPrimitives.WriteInt64LittleEndian(table.AsSpan(8), sectors);
            Encoding.ASCII.GetBytes(target, table.AsSpan(24, 15));
            text.CopyTo(table.AsSpan(TargetSize));
            DeviceMapperControl.Call(DeviceMapperCommand.LoadTable, name, flags, table);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(table);
        }
    }
}

using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Cove.Guest.Linux;
using Microsoft.Win32.SafeHandles;

namespace Cove.Guest.Layers;

/// <summary>The control device of device-mapper, and its calls (linux/dm-ioctl.h).</summary>
internal static class DeviceMapperControl
{
    /// <summary>What a call's answer holds at least: <c>struct dm_ioctl</c>.</summary>
    public const int HeaderSize = 312;

    private const string Name = "device-mapper";
    private const string ControlPath = "/dev/mapper/control";
    private const string Registered = "/proc/misc";
    private const uint MiscellaneousMajor = 10;
    private const nuint Request = 0xC138FD00;
    private const int NameOffset = 48, NameSize = 128;
    private const int AnswerRoom = 512;

    /// <summary>
    /// Why a target cannot be used: null where the kernel has it or loads it when asked. No such driver behind the node, no such target, no such call (before
    /// Linux 5.5), or not for this process: all of it is the kernel's to say.
    /// </summary>
    /// <param name="target">Its type, e.g. <c>crypt</c>.</param>
    public static string? WhyNot(string target)
    {
        if (!EnsureNode()) return "this kernel has no device-mapper";
        try
        {
            Call(DeviceMapperCommand.TargetVersion, target, flags: 0, new byte[AnswerRoom]);
            return null;
        }
        catch (LinuxException refused)
        {
            return $"this kernel gives no dm-{target} ({refused.Message})";
        }
    }

    /// <summary>Makes a call.</summary>
    /// <param name="command">Which.</param>
    /// <param name="name">The device's name, or the target's.</param>
    /// <param name="flags">The kernel's <c>DM_…_FLAG</c>.</param>
    /// <param name="table">What follows the header; the copy that is handed over is cleared.</param>
    /// <returns>The header as the kernel left it.</returns>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static unsafe byte[] Call(DeviceMapperCommand command, string name, uint flags, ReadOnlySpan<byte> table)
    {
        var message = GC.AllocateArray<byte>(HeaderSize + table.Length, pinned: true);
        BinaryPrimitives.WriteUInt32LittleEndian(message, 4);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(12), message.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(16), HeaderSize);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(20), command == DeviceMapperCommand.LoadTable ? 1u : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(28), flags);
        Encoding.ASCII.GetBytes(name, message.AsSpan(NameOffset, NameSize - 1));
        EnsureNode();
        using var control = new SafeFileHandle(LinuxException.Check(Libc.Open(ControlPath, Libc.OpenReadWrite | Libc.OpenCloseOnExec), $"open {ControlPath}"), ownsHandle: true);
        table.CopyTo(message.AsSpan(HeaderSize));
        int result;
        int error;
        fixed (byte* at = message)
        {
            result = Libc.Control(control.DangerousGetHandle().ToInt32(), Request | (uint)command, at);
            error = Marshal.GetLastPInvokeError();
            CryptographicOperations.ZeroMemory(message.AsSpan(HeaderSize));
        }

        return result >= 0 ? message : throw new LinuxException($"device-mapper: {command} for {name}", error);
    }

    /// <summary>A container's own /dev has no such node; where the kernel says that it has the driver, and under which number, the node is made.</summary>
    private static bool EnsureNode()
    {
        if (File.Exists(ControlPath)) return true;
        foreach (var line in File.ReadLines(Registered))
        {
            var cells = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (cells.Length != 2 || cells[1] != Name) continue;
            Directory.CreateDirectory(Path.GetDirectoryName(ControlPath)!);
            DeviceNode.Ensure(ControlPath, DeviceNode.Character, MiscellaneousMajor, uint.Parse(cells[0], NumberStyles.None, CultureInfo.InvariantCulture));
            return true;
        }

        return false;
    }
}

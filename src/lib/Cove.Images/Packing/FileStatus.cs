using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;

namespace Cove.Images.Packing;

/// <summary>What the system knows of a file, links not followed: .NET tells neither inode numbers nor owners.</summary>
internal readonly record struct FileStatus(ushort Mode, uint UserId, uint GroupId, uint Links, ulong Inode, ulong Device, long Size, uint DeviceMajor, uint DeviceMinor)
{
    private const int CurrentFolder = -100; // AT_FDCWD
    private const int NoFollow = 0x100; // AT_SYMLINK_NOFOLLOW
    private const uint BasicFields = 0x7ff; // STATX_BASIC_STATS
    private const int RecordSize = 256;

    public ushort Type => (ushort)(Mode & 0xF000);

    /// <exception cref="IOException">There is no such file, or it may not be looked at.</exception>
    public static FileStatus Of(string path)
    {
        var record = new byte[RecordSize];
        if (statx(CurrentFolder, Encoding.UTF8.GetBytes(path + "\0"), NoFollow, BasicFields, record) != 0)
            throw new IOException($"{path}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        return new FileStatus(
            BinaryPrimitives.ReadUInt16LittleEndian(record.AsSpan(28)),
            U32(record, 20),
            U32(record, 24),
            U32(record, 16),
            BinaryPrimitives.ReadUInt64LittleEndian(record.AsSpan(32)),
            ((ulong)U32(record, 136) << 32) | U32(record, 140),
            BinaryPrimitives.ReadInt64LittleEndian(record.AsSpan(40)),
            U32(record, 128),
            U32(record, 132));
    }

    private static uint U32(byte[] record, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan(offset));

    // struct statx has one layout on every architecture, which struct stat has not.
    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int statx(int directory, byte[] path, int flags, uint mask, byte[] record);
}

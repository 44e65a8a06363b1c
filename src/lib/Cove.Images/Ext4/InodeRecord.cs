using System.Buffers.Binary;
using static Cove.Images.Ext4.Ext4Format;

namespace Cove.Images.Ext4;

/// <summary>The 256 bytes of an inode in the table.</summary>
internal static class InodeRecord
{
    private const int XattrArea = 152;
    private const ushort ExtraSize = 24;

    /// <summary>Writes into 256 zero bytes.</summary>
    public static void Write(Inode inode, Span<byte> record)
    {
        var a = inode.Attributes;
        U16(record, 0, a.Mode);
        U16(record, 2, (ushort)a.UserId);
        U32(record, 4, (uint)inode.Size);
        U32(record, 8, (uint)a.Accessed);
        U32(record, 12, (uint)a.Changed);
        U32(record, 16, (uint)a.Modified);
        U16(record, 24, (ushort)a.GroupId);
        U16(record, 26, (ushort)inode.Links);
        U32(record, 28, inode.Blocks);
        U32(record, 32, inode.Flags);
        if (a.Type is CharacterDevice or BlockDevice)
            U32(record, 44, (a.DeviceMinor & 0xff) | (a.DeviceMajor << 8) | ((a.DeviceMinor & 0xffffff00) << 12));
        else
            inode.BlockField.CopyTo(record[40..]);
        U32(record, 104, inode.XattrBlock);
        U32(record, 108, (uint)(inode.Size >> 32));
        U16(record, 120, (ushort)(a.UserId >> 16));
        U16(record, 122, (ushort)(a.GroupId >> 16));
        U16(record, 128, ExtraSize);
        U32(record, 132, (uint)(a.Changed >> 32));
        U32(record, 136, (uint)(a.Modified >> 32));
        U32(record, 140, (uint)(a.Accessed >> 32));
        U32(record, 144, (uint)a.Created);
        U32(record, 148, (uint)(a.Created >> 32));
        if (inode.InlineXattrs.Count == 0) return;
        U32(record, XattrArea, Xattr.Magic);
        Xattr.Write(inode.InlineXattrs, record[(XattrArea + 4)..InodeSize], 0);
    }

    private static void U16(Span<byte> record, int offset, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(record[offset..], value);

    private static void U32(Span<byte> record, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(record[offset..], value);
}

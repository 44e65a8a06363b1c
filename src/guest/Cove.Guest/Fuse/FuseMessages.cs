using System.Runtime.InteropServices;

namespace Cove.Guest.Fuse;

// The structures of linux/fuse.h, protocol 7.31 and later, as they lie in memory.

/// <summary><c>fuse_in_header</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseRequestHeader
{
    public uint Length;
    public FuseOperation Operation;
    public ulong Unique;
    public ulong Node;
    public uint User;
    public uint Group;
    public uint Process;
    public uint Extensions;
}

/// <summary><c>fuse_out_header</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseReplyHeader
{
    public uint Length;
    public int Error;
    public ulong Unique;
}

/// <summary><c>fuse_init_in</c>, the part that every version has.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseInitRequest
{
    public uint Major;
    public uint Minor;
    public uint MaximumReadAhead;
    public uint Flags;
}

/// <summary><c>fuse_init_out</c>.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct FuseInitReply
{
    public uint Major;
    public uint Minor;
    public uint MaximumReadAhead;
    public uint Flags;
    public ushort MaximumBackground;
    public ushort CongestionThreshold;
    public uint MaximumWrite;
    public uint TimeGranularity;
    public ushort MaximumPages;
}

/// <summary><c>fuse_attr</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseAttributes
{
    public ulong Node;
    public ulong Size;
    public ulong Blocks;
    public ulong Accessed;
    public ulong Modified;
    public ulong Changed;
    public uint AccessedNanoseconds;
    public uint ModifiedNanoseconds;
    public uint ChangedNanoseconds;
    public uint Mode;
    public uint Links;
    public uint User;
    public uint Group;
    public uint Device;
    public uint BlockSize;
    public uint Flags;
}

/// <summary><c>fuse_entry_out</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseEntryReply
{
    public ulong Node;
    public ulong Generation;
    public ulong EntrySeconds;
    public ulong AttributeSeconds;
    public uint EntryNanoseconds;
    public uint AttributeNanoseconds;
    public FuseAttributes Attributes;
}

/// <summary><c>fuse_attr_out</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseAttributesReply
{
    public ulong Seconds;
    public uint Nanoseconds;
    public uint Unused;
    public FuseAttributes Attributes;
}

/// <summary><c>fuse_open_in</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseOpenRequest
{
    public uint Flags;
    public uint OpenFlags;
}

/// <summary><c>fuse_open_out</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseOpenReply
{
    public ulong Handle;
    public uint Flags;
    public uint Unused;
}

/// <summary><c>fuse_read_in</c> and <c>fuse_write_in</c>, which are alike; a write's bytes follow.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseTransferRequest
{
    public ulong Handle;
    public ulong Offset;
    public uint Size;
    public uint TransferFlags;
    public ulong LockOwner;
    public uint Flags;
    public uint Unused;
}

/// <summary><c>fuse_write_out</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FuseWriteReply
{
    public uint Size;
    public uint Unused;
}

/// <summary><c>fuse_statfs_out</c>.</summary>
[StructLayout(LayoutKind.Sequential, Size = 80)]
internal struct FuseStatReply
{
    public ulong Blocks;
    public ulong FreeBlocks;
    public ulong AvailableBlocks;
    public ulong Files;
    public ulong FreeFiles;
    public uint BlockSize;
    public uint NameLength;
    public uint FragmentSize;
}

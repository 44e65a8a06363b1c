using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Cove.Guest.Linux;

namespace Cove.Guest.Fuse;

/// <summary>
/// One thread's share of a mount: takes a request of the kernel, answers it, takes the next (linux/fuse.h). A request is never longer than
/// the buffer, as the kernel was told how long a write may be.
/// </summary>
internal sealed unsafe class FuseSession(int device, FuseFile file)
{
    /// <summary>Bytes of one read or write: what is decrypted for a reply is still in the processor's caches when the kernel copies it.</summary>
    public const int LargestTransfer = 256 * 1024;

    private const int RequestRoom = LargestTransfer + 4096;
    private const int Major = 7;
    private const int Minor = 31;
    private const uint AsyncRead = 1, BigWrites = 1 << 5, AsyncDirect = 1 << 15, ParallelFolders = 1 << 18, MaximumPages = 1 << 22;
    private const int NotFound = 2, InputOutput = 5, InvalidArgument = 22, NoSpace = 28, ReadOnlyFileSystem = 30, NotSupported = 38, ConnectionAborted = 103;
    private const ulong Forever = 1 << 30;

    private static readonly int Head = sizeof(FuseReplyHeader);

    private readonly byte[] request = GC.AllocateUninitializedArray<byte>(RequestRoom, pinned: true);
    private readonly byte[] reply = GC.AllocateUninitializedArray<byte>(LargestTransfer + 4096, pinned: true);

    /// <summary>Answers until the file system is unmounted.</summary>
    /// <exception cref="LinuxException">The device gave up.</exception>
    public void Run()
    {
        while (true)
        {
            var length = Libc.Read(device, (byte*)Unsafe.AsPointer(ref request[0]), (nuint)request.Length);
            if (length >= 0)
            {
                Answer((int)length);
                continue;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case Libc.ErrorNoSuchDevice:
                    return;
                case Libc.ErrorInterrupted or Libc.ErrorAgain or NotFound or ConnectionAborted:
                    // A request that was withdrawn before it could be taken, or fell into the unmounting: then the next read says so.
                    continue;
                case var error:
                    throw new LinuxException("read a request of the kernel", error);
            }
        }
    }

    private void Answer(int length)
    {
        var header = MemoryMarshal.Read<FuseRequestHeader>(request);
        if (header.Operation is FuseOperation.Forget or FuseOperation.ForgetMany or FuseOperation.Interrupt) return;
        var body = request.AsMemory(sizeof(FuseRequestHeader), length - sizeof(FuseRequestHeader));
        int answer;
        try
        {
            answer = Serve(header, body);
        }
        catch (Exception failed) when (failed is not OutOfMemoryException)
        {
            file.Failed(failed);
            answer = -InputOutput;
        }

        Reply(header.Unique, answer);
    }

    /// <summary>Bytes put behind the reply's header, or a negative errno.</summary>
    private int Serve(FuseRequestHeader header, ReadOnlyMemory<byte> body) => header.Operation switch
    {
        FuseOperation.Initialise => Initialise(MemoryMarshal.Read<FuseInitRequest>(body.Span)),
        FuseOperation.Lookup => Lookup(header.Node, body.Span),
        FuseOperation.GetAttributes => Put(new FuseAttributesReply { Seconds = Forever, Attributes = FuseFolder.Attributes(header.Node, file) }),
        FuseOperation.Open => Open(MemoryMarshal.Read<FuseOpenRequest>(body.Span)),
        FuseOperation.OpenFolder => Put(default(FuseOpenReply)),
        FuseOperation.ReadFolder => ReadFolder(MemoryMarshal.Read<FuseTransferRequest>(body.Span)),
        FuseOperation.Read => Read(MemoryMarshal.Read<FuseTransferRequest>(body.Span)),
        FuseOperation.Write => Write(MemoryMarshal.Read<FuseTransferRequest>(body.Span), body[sizeof(FuseTransferRequest)..]),
        FuseOperation.Sync => Flush(),
        FuseOperation.StatFileSystem => Put(new FuseStatReply { Blocks = (ulong)file.Length / 4096, BlockSize = 4096, FragmentSize = 4096, NameLength = 255, Files = 1 }),
        FuseOperation.Flush or FuseOperation.Release or FuseOperation.ReleaseFolder or FuseOperation.Destroy => 0,
        _ => -NotSupported,
    };

    private int Initialise(FuseInitRequest asked)
    {
        if (asked.Major != Major || asked.Minor < Minor) throw new NotSupportedException($"the kernel speaks FUSE {asked.Major}.{asked.Minor}, at least {Major}.{Minor} is needed");
        return Put(new FuseInitReply
        {
            Major = Major,
            Minor = Minor,
            MaximumReadAhead = asked.MaximumReadAhead,
            Flags = asked.Flags & (AsyncRead | BigWrites | AsyncDirect | ParallelFolders | MaximumPages),
            MaximumBackground = 64,
            CongestionThreshold = 48,
            MaximumWrite = LargestTransfer,
            TimeGranularity = 1,
            MaximumPages = LargestTransfer / 4096,
        });
    }

    private int Lookup(ulong parent, ReadOnlySpan<byte> name)
    {
        if (parent != FuseFolder.Root || !name.SequenceEqual("data\0"u8)) return -NotFound;
        return Put(new FuseEntryReply { Node = FuseFolder.File, EntrySeconds = Forever, AttributeSeconds = Forever, Attributes = FuseFolder.Attributes(FuseFolder.File, file) });
    }

    private int Open(FuseOpenRequest asked)
    {
        const uint AccessModes = 3;
        return (asked.Flags & AccessModes) != 0 && !file.IsWritable ? -ReadOnlyFileSystem : Put(default(FuseOpenReply));
    }

    private int ReadFolder(FuseTransferRequest asked) =>
        FuseFolder.List(asked.Offset, reply.AsSpan(Head, (int)Math.Min(asked.Size, LargestTransfer)));

    private int Read(FuseTransferRequest asked) =>
        asked.Size > LargestTransfer ? -InvalidArgument : file.Read((long)asked.Offset, reply.AsMemory(Head, (int)asked.Size));

    private int Write(FuseTransferRequest asked, ReadOnlyMemory<byte> data)
    {
        if (asked.Size > data.Length) return -InvalidArgument;
        if (asked.Offset > (ulong)file.Length || asked.Size > (ulong)file.Length - asked.Offset) return -NoSpace;
        file.Write((long)asked.Offset, data[..(int)asked.Size]);
        return Put(new FuseWriteReply { Size = asked.Size });
    }

    private int Flush()
    {
        file.Flush();
        return 0;
    }

    private int Put<T>(in T value)
        where T : unmanaged
    {
        MemoryMarshal.Write(reply.AsSpan(Head), in value);
        return sizeof(T);
    }

    private void Reply(ulong unique, int answer)
    {
        var length = Head + Math.Max(answer, 0);
        MemoryMarshal.Write(reply, new FuseReplyHeader { Length = (uint)length, Error = Math.Min(answer, 0), Unique = unique });
        if (Libc.Write(device, (byte*)Unsafe.AsPointer(ref reply[0]), (nuint)length) >= 0) return;

        // The request was withdrawn, or the file system is gone: then the next read says so.
        if (Marshal.GetLastPInvokeError() is var error and not (NotFound or Libc.ErrorNoSuchDevice)) throw new LinuxException("answer a request of the kernel", error);
    }
}

using System.Runtime.InteropServices;

namespace Cove.Guest.Linux;

/// <summary>The calls of libc that .NET has no word for. Every constant is the kernel's, for x86-64 and arm64 alike.</summary>
internal static partial class Libc
{
    public const ulong MountReadOnly = 1;
    public const ulong MountNoSuid = 2;
    public const ulong MountNoDev = 4;
    public const ulong MountNoExec = 8;
    public const ulong MountBind = 4096;
    public const ulong MountMove = 8192;
    public const ulong MountRecursive = 16384;
    public const ulong MountPrivate = 1 << 18;
    public const ulong MountShared = 1 << 20;

    public const int UnmountDetach = 2;
    public const int UnmountNoFollow = 8;

    public const int OpenReadOnly = 0;
    public const int OpenReadWrite = 2;
    public const int OpenNoTerminal = 0x100;
    public const int OpenNonBlock = 0x800;
    public const int OpenCloseOnExec = 0x80000;

    public const uint MemoryFileCloseOnExec = 1;
    public const uint MemoryFileAllowSealing = 2;
    public const int SetFlagsOfFile = 4;
    public const int AddSeals = 1033;
    public const int SealEverything = 1 | 2 | 4 | 8;

    public const int ErrorNoChild = 10;
    public const int ErrorInterrupted = 4;
    public const int ErrorBusy = 16;
    public const int ErrorNoProcess = 3;
    public const int ErrorInputOutput = 5;
    public const int ErrorNoDevice = 6;
    public const int ErrorAgain = 11;
    public const int ErrorNoSuchDevice = 19;
    public const int ErrorInvalid = 22;

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Mount(string? source, string target, string? type, ulong flags, string? data);

    [LibraryImport("libc", EntryPoint = "chdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ChangeFolder(string path);

    [LibraryImport("libc", EntryPoint = "chroot", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ChangeRoot(string path);

    [LibraryImport("libc", EntryPoint = "reboot", SetLastError = true)]
    public static partial int Reboot(int command);

    /// <summary>finit_module(2).</summary>
    public static unsafe int LoadModule(int descriptor)
    {
        byte nothing = 0;
        return (int)SystemCall(313, descriptor, (nint)(&nothing), 0, 0);
    }

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unmount(string target, int flags);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    public static partial int SyncFileSystem(int descriptor);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static unsafe partial nint Read(int descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static unsafe partial nint Write(int descriptor, byte* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(int descriptor, nuint request, nint argument);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static unsafe partial int Control(int descriptor, nuint request, byte* argument);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    public static unsafe partial nint ReceiveMessage(int socket, void* message, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int FileControl(int descriptor, int command, int argument);

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int CreateMemoryFile(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ChangeOwner(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    public static unsafe partial int Pipe(int* descriptors, int flags);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    public static partial int Wait(int process, out int status, int options);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    private static unsafe partial int WaitId(int kind, uint id, byte* info, int options);

    /// <summary>Waits until any child has ended, and leaves it to be reaped. Returns its id, or -1 and the errno.</summary>
    public static unsafe int WaitAny(out int error)
    {
        const int All = 0, Exited = 4, NoWait = 0x01000000, InfoSize = 128, ProcessOffset = 16;
        var info = stackalloc byte[InfoSize];
        new Span<byte>(info, InfoSize).Clear();
        var result = WaitId(All, 0, info, Exited | NoWait);
        error = result < 0 ? Marshal.GetLastPInvokeError() : 0;
        return result < 0 ? -1 : *(int*)(info + ProcessOffset);
    }

    /// <summary>pidfd_open(2): a descriptor that never means another process.</summary>
    public static int OpenProcess(int process) => (int)SystemCall(434, process, 0, 0, 0);

    /// <summary>pidfd_send_signal(2).</summary>
    public static int SignalProcess(int descriptor, int signal) => (int)SystemCall(424, descriptor, signal, 0, 0);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third, nint fourth);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "posix_spawnp", StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial int Spawn(out int process, string file, void* fileActions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    public static unsafe partial int InitFileActions(void* fileActions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    public static unsafe partial int AddDuplicate(void* fileActions, int from, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addchdir_np", StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial int AddChangeDirectory(void* fileActions, string path);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    public static unsafe partial int DestroyFileActions(void* fileActions);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    public static unsafe partial int InitAttributes(void* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    public static unsafe partial int SetFlags(void* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    public static unsafe partial int SetDefaultSignals(void* attributes, void* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    public static unsafe partial int SetSignalMask(void* attributes, void* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    public static unsafe partial int DestroyAttributes(void* attributes);

    [LibraryImport("libc", EntryPoint = "sigfillset")]
    public static unsafe partial int FillSignals(void* signals);

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    public static unsafe partial int EmptySignals(void* signals);
}

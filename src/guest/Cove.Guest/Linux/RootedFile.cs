using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Cove.Guest.Linux;

/// <summary>
/// Opens files of a container's root file system as the container would see them: links resolve inside that root, never in the guest's own.
/// </summary>
public static partial class RootedFile
{
    private const int OpenAt2 = 437;
    private const ulong ResolveInRoot = 0x10;
    private const ulong ResolveNoMagicLinks = 0x02;
    private const int OpenDirectory = 0x10000;
    private const int OpenPath = 0x200000;
    private const int ErrorNotFound = 2;
    private const int ErrorNotDirectory = 20;

    /// <summary>The whole file, or null where there is none.</summary>
    /// <param name="root">The root file system.</param>
    /// <param name="path">The path inside it.</param>
    /// <param name="limit">Most bytes taken.</param>
    /// <exception cref="Cove.Outcomes.MalformedException">The file is larger.</exception>
    /// <exception cref="LinuxException">It is there and cannot be opened.</exception>
    public static byte[]? Read(string root, string path, int limit)
    {
        using var folder = Handle(Libc.Open(root, OpenPath | OpenDirectory | Libc.OpenCloseOnExec), $"open {root}");
        var how = new OpenHow { Flags = Libc.OpenReadOnly | Libc.OpenCloseOnExec | Libc.OpenNonBlock, Resolve = ResolveInRoot | ResolveNoMagicLinks };
        var descriptor = Call(folder.DangerousGetHandle().ToInt32(), path, ref how);
        if (descriptor < 0 && Marshal.GetLastPInvokeError() is ErrorNotFound or ErrorNotDirectory) return null;
        using var handle = Handle((int)descriptor, $"open {path} in the root file system");
        using var file = new FileStream(handle, FileAccess.Read, bufferSize: 0);
        var buffer = new byte[limit + 1];
        var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return length <= limit ? buffer[..length] : throw new Cove.Outcomes.MalformedException(path, "file", $"is over {limit} bytes");
    }

    private static SafeFileHandle Handle(int descriptor, string call) => new(LinuxException.Check(descriptor, call), ownsHandle: true);

    private static unsafe long Call(int folder, string path, ref OpenHow how)
    {
        fixed (OpenHow* pointer = &how) return SystemCall(OpenAt2, folder, path, pointer, (nuint)sizeof(OpenHow));
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial nint SystemCall(nint number, nint folder, string path, OpenHow* how, nuint size);

    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}

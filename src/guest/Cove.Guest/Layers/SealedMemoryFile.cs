using Cove.Guest.Linux;
using Microsoft.Win32.SafeHandles;

namespace Cove.Guest.Layers;

/// <summary>A file in the guest's own memory, without a name. Once sealed nobody, not even this process, can change a byte of it.</summary>
public sealed class SealedMemoryFile : IDisposable
{
    private readonly SafeFileHandle handle;

    private SealedMemoryFile(SafeFileHandle handle) => this.handle = handle;

    internal SafeFileHandle Handle => handle;

    /// <summary>Makes a file, lets the caller write it, and seals it.</summary>
    /// <param name="name">For <c>/proc</c>; not a path.</param>
    /// <param name="write">Writes the content to an empty stream.</param>
    /// <param name="result">What <paramref name="write"/> returned.</param>
    /// <exception cref="LinuxException">The kernel has no sealed memory files.</exception>
    public static SealedMemoryFile Create<T>(string name, Func<Stream, T> write, out T result)
    {
        var descriptor = LinuxException.Check(
            Libc.CreateMemoryFile(name, Libc.MemoryFileCloseOnExec | Libc.MemoryFileAllowSealing), $"memfd_create {name}");
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            using (var stream = new FileStream(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.ReadWrite, bufferSize: 0))
                result = write(stream);
            LinuxException.Check(Libc.FileControl(descriptor, Libc.AddSeals, Libc.SealEverything), $"seal {name}");
            return new SealedMemoryFile(handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Lets go of the file; its memory is free once no loop device uses it either.</summary>
    public void Dispose() => handle.Dispose();
}

using Cove.Guest.Linux;
using Microsoft.Win32.SafeHandles;

namespace Cove.Guest.Processes;

/// <summary>A pipe between this process and one it starts. Real pipes, not sockets: programs reopen <c>/dev/stdout</c>.</summary>
public sealed class Pipe : IDisposable
{
    private readonly SafeFileHandle read;
    private readonly SafeFileHandle write;
    private bool readGiven;
    private bool writeGiven;

    private Pipe(SafeFileHandle read, SafeFileHandle write) => (this.read, this.write) = (read, write);

    /// <summary>The descriptor of the end that is read.</summary>
    public int ReadDescriptor => read.DangerousGetHandle().ToInt32();

    /// <summary>The descriptor of the end that is written.</summary>
    public int WriteDescriptor => write.DangerousGetHandle().ToInt32();

    /// <summary>Makes a pipe that no child inherits by accident.</summary>
    public static unsafe Pipe Create()
    {
        var ends = stackalloc int[2];
        LinuxException.Check(Libc.Pipe(ends, Libc.OpenCloseOnExec), "pipe");
        return new Pipe(new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true));
    }

    /// <summary>Closes the end a child writes to, and gives away the other to read from.</summary>
    public Stream KeepReading()
    {
        write.Dispose();
        readGiven = true;
        return new FileStream(read, FileAccess.Read, bufferSize: 0);
    }

    /// <summary>Closes the end a child reads from, and gives away the other to write to.</summary>
    public Stream KeepWriting()
    {
        read.Dispose();
        writeGiven = true;
        return new FileStream(write, FileAccess.Write, bufferSize: 0);
    }

    /// <summary>Closes what is still open and was not given away.</summary>
    public void Dispose()
    {
        if (!readGiven) read.Dispose();
        if (!writeGiven) write.Dispose();
    }
}

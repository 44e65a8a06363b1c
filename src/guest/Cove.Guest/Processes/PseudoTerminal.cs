using System.Runtime.InteropServices;
using Cove.Guest.Linux;
using Microsoft.Win32.SafeHandles;

namespace Cove.Guest.Processes;

/// <summary>The near end of a terminal whose far end a process has as its input, output and error (pty(7)).</summary>
public sealed class PseudoTerminal : IDisposable
{
    private const string Multiplexer = "/dev/ptmx";
    private const nuint Unlock = 0x40045431, OpenPeer = 0x5441, SetSize = 0x5414;
    private const int OpenPeerFlags = Libc.OpenReadWrite | Libc.OpenNoTerminal | Libc.OpenCloseOnExec;

    private readonly SafeFileHandle near;

    private PseudoTerminal(SafeFileHandle near) => (this.near, Stream) = (near, new TerminalStream(near));

    /// <summary>What the process writes, until nobody has its far end any more; and what is typed at it. Closes with the terminal.</summary>
    public Stream Stream { get; }

    /// <summary>Makes a terminal of this mount namespace's own.</summary>
    /// <param name="far">Its far end, the caller's to close once a process has it.</param>
    /// <exception cref="LinuxException">There is no <c>/dev/ptmx</c>, or too many terminals.</exception>
    public static unsafe PseudoTerminal Open(out SafeFileHandle far)
    {
        var near = new SafeFileHandle(LinuxException.Check(Libc.Open(Multiplexer, OpenPeerFlags), $"open {Multiplexer}"), ownsHandle: true);
        try
        {
            var unlocked = 0;
            LinuxException.Check(Libc.Control(Number(near), Unlock, (byte*)&unlocked), "unlock a terminal");
            far = new SafeFileHandle(LinuxException.Check(Libc.Control(Number(near), OpenPeer, OpenPeerFlags), "open a terminal's far end"), ownsHandle: true);
            return new PseudoTerminal(near);
        }
        catch
        {
            near.Dispose();
            throw;
        }
    }

    /// <summary>Takes over a near end that somebody else opened.</summary>
    internal static PseudoTerminal Of(SafeFileHandle near)
    {
        // Whoever made it may have polled it; here a thread waits in the read.
        LinuxException.Check(Libc.FileControl(Number(near), Libc.SetFlagsOfFile, 0), "have a terminal block");
        return new PseudoTerminal(near);
    }

    /// <summary>Sets its size; the far end's foreground processes are told by the kernel. Too late for one that is closed.</summary>
    public unsafe void Resize(ushort rows, ushort columns)
    {
        var size = stackalloc ushort[4] { rows, columns, 0, 0 };
        var held = false;
        try
        {
            near.DangerousAddRef(ref held);
            LinuxException.Check(Libc.Control(Number(near), SetSize, (byte*)size), "size a terminal");
        }
        catch (ObjectDisposedException)
        {
            // Its process has ended.
        }
        finally
        {
            if (held) near.DangerousRelease();
        }
    }

    /// <summary>Closes the near end.</summary>
    public void Dispose() => Stream.Dispose();

    private static int Number(SafeFileHandle handle) => handle.DangerousGetHandle().ToInt32();

    /// <summary>Where the last process has gone, the kernel says EIO: that is the end of what it wrote.</summary>
    private sealed class TerminalStream(SafeFileHandle handle) : FileStream(handle, FileAccess.ReadWrite, bufferSize: 0)
    {
        private readonly SafeFileHandle near = handle;

        public override unsafe int Read(Span<byte> buffer)
        {
            fixed (byte* at = buffer)
            {
                while (true)
                {
                    var read = (int)Libc.Read(Number(near), at, (nuint)buffer.Length);
                    if (read >= 0) return read;
                    switch (Marshal.GetLastPInvokeError())
                    {
                        case Libc.ErrorInterrupted: continue;
                        case Libc.ErrorInputOutput: return 0;
                        case var error: throw new LinuxException("read a terminal", error);
                    }
                }
            }
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    }
}

using System.Net.Sockets;
using System.Runtime.InteropServices;
using Cove.Guest.Linux;
using Microsoft.Win32.SafeHandles;

namespace Cove.Guest.Processes;

/// <summary>Where an OCI runtime hands over the near end of the terminal that it made inside a container: a descriptor in a message of a socket.</summary>
public sealed class TerminalSocket : IDisposable
{
    private const int Backlog = 1, CloseOnExec = 0x40000000, SocketLevel = 1, Rights = 1, MaxName = 4096;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    /// <summary>Listens.</summary>
    /// <param name="path">Where; at most 107 bytes. In a folder that only this process's user can reach.</param>
    public TerminalSocket(string path)
    {
        Path = path;
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(Backlog);
    }

    /// <summary>Where it listens.</summary>
    public string Path { get; }

    /// <summary>Takes the terminal over.</summary>
    /// <exception cref="LinuxException">What came is no descriptor.</exception>
    /// <exception cref="TimeoutException">Nothing came.</exception>
    public async Task<PseudoTerminal> ReceiveAsync(TimeProvider time)
    {
        using var late = new CancellationTokenSource(Patience, time);
        try
        {
            using var sender = await listener.AcceptAsync(late.Token);
            sender.Blocking = true;
            sender.ReceiveTimeout = (int)Patience.TotalMilliseconds;
            return PseudoTerminal.Of(ReceiveDescriptor(sender.SafeHandle.DangerousGetHandle().ToInt32()));
        }
        catch (OperationCanceledException slow)
        {
            throw new TimeoutException("no terminal came", slow);
        }
    }

    /// <summary>Stops listening and removes the socket file.</summary>
    public void Dispose()
    {
        listener.Dispose();
        File.Delete(Path);
    }

    private static unsafe SafeFileHandle ReceiveDescriptor(int socket)
    {
        // The message itself is the terminal's name inside the container, which is nobody's concern here.
        var name = stackalloc byte[MaxName];
        var part = new Part { Bytes = name, Size = MaxName };
        var control = new Control();
        var message = new Message { Parts = &part, PartCount = 1, Control = &control, ControlSize = (nuint)sizeof(Control) };
        LinuxException.Check((int)Libc.ReceiveMessage(socket, &message, CloseOnExec), "receive a terminal");
        var carries = message.ControlSize >= Control.Used && control is { Level: SocketLevel, Type: Rights } && control.Size == Control.Used;
        return carries ? new SafeFileHandle(control.Descriptor, ownsHandle: true) : throw new LinuxException("receive a terminal: no descriptor came", Libc.ErrorInvalid);
    }

    /// <summary>struct iovec.</summary>
    private unsafe struct Part
    {
        public byte* Bytes;
        public nuint Size;
    }

    /// <summary>struct msghdr on 64-bit Linux.</summary>
    private unsafe struct Message
    {
        public void* Name;
        public uint NameSize;
        public Part* Parts;
        public nuint PartCount;
        public Control* Control;
        public nuint ControlSize;
        public int Flags;
    }

    /// <summary>struct cmsghdr with room for one descriptor: of more, the kernel closes the rest.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Control
    {
        /// <summary>Header and descriptor, without the padding behind.</summary>
        public const nuint Used = 20;

        public nuint Size;
        public int Level;
        public int Type;
        public int Descriptor;
        private readonly int padding;
    }
}

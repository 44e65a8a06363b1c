using System.Collections.Concurrent;
using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Cove.Runtime.Network;

/// <summary>
/// The network of one group: a Linux network namespace with nothing in it but loopback, unless it is given a way out. A namespace belongs to threads,
/// so one thread lives in it for as long as the group does; sockets opened there and processes started there belong to the group.
/// </summary>
internal sealed partial class GroupNetwork : IDisposable
{
    private const int CloneNewNet = 0x40000000;
    private const nuint GetFlags = 0x8913, SetFlags = 0x8914, SetAddress = 0x8916, SetMask = 0x891c;
    private const short Up = 0x1, Running = 0x40;
    private const int RequestSize = 40, NameSize = 16;

    private readonly BlockingCollection<Action> work = [];
    private readonly Thread thread;

    private GroupNetwork() => thread = new Thread(Loop) { IsBackground = true, Name = "group network" };

    /// <summary>Makes the namespace and brings its loopback up.</summary>
    /// <param name="address">An address that loopback has besides 127.0.0.0/8, e.g. that of the metadata service.</param>
    /// <exception cref="Win32Exception">The kernel refused; making a namespace needs root.</exception>
    public static GroupNetwork Create(IPAddress address)
    {
        var network = new GroupNetwork();
        network.thread.Start();
        try
        {
            network.Run(() =>
            {
                if (unshare(CloneNewNet) != 0) throw Failed("making a network namespace");
                BringUp("lo");
                Assign("lo:1", address);
                return true;
            });
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Joins a namespace that somebody else made and set up, e.g. a pod's by CNI.</summary>
    /// <param name="path">Its path, e.g. <c>/run/netns/NAME</c>.</param>
    /// <exception cref="Win32Exception">It is no network namespace, or the kernel refused.</exception>
    public static GroupNetwork Join(string path)
    {
        var network = new GroupNetwork();
        network.thread.Start();
        try
        {
            network.Run(() =>
            {
                using var file = File.OpenHandle(path);
                if (setns((int)file.DangerousGetHandle(), CloneNewNet) != 0) throw Failed($"joining {path}");
                return true;
            });
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>The network of this process itself, as a thread that lives in it.</summary>
    public static GroupNetwork OfThisHost() => Join("/proc/self/ns/net");

    /// <summary>The namespace as a file, for as long as the thread lives.</summary>
    public string Path => Run(() => $"/proc/{new FileInfo("/proc/thread-self").LinkTarget}/ns/net");

    /// <summary>Runs something on the thread that lives in the namespace. Sockets it opens and processes it starts are the group's.</summary>
    public T Run<T>(Func<T> action)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        work.Add(() =>
        {
            try
            {
                done.SetResult(action());
            }
            catch (Exception failure)
            {
                done.SetException(failure);
            }
        });
        return done.Task.GetAwaiter().GetResult();
    }

    /// <summary>A listening TCP socket inside the group.</summary>
    public Socket Listen(IPEndPoint endPoint) => Run(() =>
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endPoint);
            socket.Listen(128);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    });

    public void Dispose()
    {
        work.CompleteAdding();
        if (thread.ThreadState != ThreadState.Unstarted) thread.Join();
        work.Dispose();
    }

    private void Loop()
    {
        foreach (var action in work.GetConsumingEnumerable()) action();
    }

    private static void BringUp(string name)
    {
        Span<byte> request = stackalloc byte[RequestSize];
        WriteName(request, name);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Control(socket, GetFlags, request, "reading the flags of " + name);
        var flags = (short)(MemoryMarshal.Read<short>(request[NameSize..]) | Up | Running);
        MemoryMarshal.Write(request[NameSize..], in flags);
        Control(socket, SetFlags, request, "bringing up " + name);
    }

    private static void Assign(string name, IPAddress address)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Set(SetAddress, address);
        Set(SetMask, IPAddress.Broadcast);

        void Set(nuint what, IPAddress value)
        {
            Span<byte> request = stackalloc byte[RequestSize];
            WriteName(request, name);
            var family = (short)AddressFamily.InterNetwork;
            MemoryMarshal.Write(request[NameSize..], in family);
            value.TryWriteBytes(request[(NameSize + 4)..], out _);
            Control(socket, what, request, $"setting the address of {name}");
        }
    }

    private static void WriteName(Span<byte> request, string name)
    {
        request.Clear();
        System.Text.Encoding.ASCII.GetBytes(name, request[..(NameSize - 1)]);
    }

    private static unsafe void Control(Socket socket, nuint what, Span<byte> request, string doing)
    {
        fixed (byte* at = request)
        {
            if (ioctl((int)socket.Handle, what, at) != 0) throw Failed(doing);
        }
    }

    private static Win32Exception Failed(string doing)
    {
        var error = Marshal.GetLastPInvokeError();
        return new Win32Exception(error, $"{doing} failed: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(int descriptor, int kind);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int ioctl(int descriptor, nuint request, byte* argument);
}

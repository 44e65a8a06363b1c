using System.Buffers.Binary;
using System.Net;
using Cove.Guest.Linux;
using Microsoft.Win32.SafeHandles;

namespace Cove.Guest.Machine;

/// <summary>The machine's loopback interface.</summary>
public static class LoopbackInterface
{
    private const nuint GetFlags = 0x8913, SetFlags = 0x8914, SetAddress = 0x8916, SetMask = 0x891c;
    private const short UpAndRunning = 0x41;
    private const int RequestSize = 40, NameSize = 16, InterNetwork = 2, Datagram = 2 | Libc.OpenCloseOnExec;

    /// <summary>Brings it up.</summary>
    /// <param name="also">An address it has besides 127.0.0.0/8.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static void BringUp(IPAddress also)
    {
        using var socket = new SafeFileHandle(LinuxException.Check(Libc.Socket(InterNetwork, Datagram, 0), "socket"), ownsHandle: true);
        var request = Request("lo");
        Call(socket, GetFlags, request);
        BinaryPrimitives.WriteInt16LittleEndian(request.AsSpan(NameSize), (short)(BinaryPrimitives.ReadInt16LittleEndian(request.AsSpan(NameSize)) | UpAndRunning));
        Call(socket, SetFlags, request);
        Call(socket, SetAddress, Address("lo:1", also));
        Call(socket, SetMask, Address("lo:1", IPAddress.Broadcast));
    }

    private static byte[] Request(string name)
    {
        var request = new byte[RequestSize];
        System.Text.Encoding.ASCII.GetBytes(name, request.AsSpan(0, NameSize - 1));
        return request;
    }

    private static byte[] Address(string name, IPAddress address)
    {
        var request = Request(name);
        BinaryPrimitives.WriteInt16LittleEndian(request.AsSpan(NameSize), InterNetwork);
        address.TryWriteBytes(request.AsSpan(NameSize + 4), out _);
        return request;
    }

    private static unsafe void Call(SafeFileHandle socket, nuint what, byte[] request)
    {
        fixed (byte* at = request) LinuxException.Check(Libc.Control(socket.DangerousGetHandle().ToInt32(), what, at), $"network interface call {what:x}");
    }
}

using System.Buffers.Binary;
using System.Net;
using System.Text;
using Cove.Guest.Linux;
using Microsoft.Win32.SafeHandles;

namespace Cove.Guest.Machine;

/// <summary>A request about a network interface by name (netdevice(7)), made on a socket of its own.</summary>
internal sealed class InterfaceRequest : IDisposable
{
    private const nuint GetFlags = 0x8913, SetFlags = 0x8914, SetAddress = 0x8916, SetMask = 0x891c, SetMtu = 0x8922, AddRoute = 0x890B;
    private const short UpAndRunning = 0x41;
    private const int RequestSize = 40, NameSize = 16, InterNetwork = 2, Datagram = 2 | Libc.OpenCloseOnExec;
    private const int RouteSize = 120, Destination = 8, Gateway = 24, Mask = 40, RouteFlags = 56;
    private const short UpThroughGateway = 3;

    private readonly SafeFileHandle socket = new(LinuxException.Check(Libc.Socket(InterNetwork, Datagram, 0), "socket"), ownsHandle: true);

    public void BringUp(string name)
    {
        var request = Request(name);
        Call(GetFlags, request);
        BinaryPrimitives.WriteInt16LittleEndian(request.AsSpan(NameSize), (short)(BinaryPrimitives.ReadInt16LittleEndian(request.AsSpan(NameSize)) | UpAndRunning));
        Call(SetFlags, request);
    }

    public void Assign(string name, IPAddress address, IPAddress mask)
    {
        foreach (var (what, value) in ((nuint, IPAddress)[])[(SetAddress, address), (SetMask, mask)])
        {
            var request = Request(name);
            Write(request, NameSize, value);
            Call(what, request);
        }
    }

    public void LimitPackets(string name, int bytes)
    {
        var request = Request(name);
        BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(NameSize), bytes);
        Call(SetMtu, request);
    }

    /// <summary>Sends what is for no network that is known to a gateway.</summary>
    public void RouteThrough(IPAddress gateway)
    {
        var route = new byte[RouteSize];
        Write(route, Destination, IPAddress.Any);
        Write(route, Gateway, gateway);
        Write(route, Mask, IPAddress.Any);
        BinaryPrimitives.WriteInt16LittleEndian(route.AsSpan(RouteFlags), UpThroughGateway);
        Call(AddRoute, route);
    }

    public void Dispose() => socket.Dispose();

    private static byte[] Request(string name)
    {
        var request = new byte[RequestSize];
        Encoding.ASCII.GetBytes(name, request.AsSpan(0, NameSize - 1));
        return request;
    }

    private static void Write(byte[] request, int at, IPAddress address)
    {
        BinaryPrimitives.WriteInt16LittleEndian(request.AsSpan(at), InterNetwork);
        address.TryWriteBytes(request.AsSpan(at + 4), out _);
    }

    private unsafe void Call(nuint what, byte[] request)
    {
        fixed (byte* at = request) LinuxException.Check(Libc.Control(socket.DangerousGetHandle().ToInt32(), what, at), $"network interface call {what:x}");
    }
}
